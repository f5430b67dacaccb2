namespace Braid.Wire;

/// <summary>What every <see cref="Constant{T}"/> is, whatever its type.</summary>
internal interface IConstant
{
    ConstantIdentity Identity { get; }

    void WriteValue(FrameBuffer output);
}

/// <summary>How those who have sent a constant know it afterwards, without keeping it alive.</summary>
internal sealed class ConstantIdentity(IConstant constant)
{
    private static long _last;

    private readonly WeakReference<IConstant> _constant = new(constant);

    /// <summary>A number of its own in this process, from 1.</summary>
    internal long Number { get; } = Interlocked.Increment(ref _last);

    /// <summary>False: nobody can use it any more.</summary>
    internal bool IsAlive => _constant.TryGetTarget(out _);
}
