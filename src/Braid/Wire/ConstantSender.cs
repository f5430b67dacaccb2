namespace Braid.Wire;

/// <summary>The constants that one worker has. Guarded by whatever guards the frames that it writes to.</summary>
/// <remarks>
/// <code>
///  Begin ─► the call is encoded; each constant in it calls Use ─► none is new: Commit
///                                                              └► some are:    WriteNew, and the call once more
/// </code>
/// Which constants an argument has is known when it has been encoded, but they must arrive before it. So the first call that has a new one
/// is encoded twice.
/// </remarks>
internal sealed class ConstantSender
{
    [ThreadStatic]
    private static ConstantSender? _current;

    private readonly Dictionary<long, ConstantIdentity> _sent = [];

    // Of the call that is being encoded: those that have to be written, and all that were new, in case that it fails.
    private readonly Queue<IConstant> _unwritten = new();
    private readonly List<long> _new = [];
    private readonly List<KeyValuePair<long, ConstantIdentity>> _forgotten = [];

    /// <summary>The one for which this thread encodes an argument; null: what is encoded is not an argument.</summary>
    internal static ConstantSender? Current => _current;

    /// <summary>True if constants have to be sent before what has just been encoded.</summary>
    internal bool HasNew => _unwritten.Count > 0;

    /// <summary>From here on what this thread encodes is for this worker.</summary>
    /// <returns>For <see cref="End"/>: an argument's own code may send others elsewhere.</returns>
    internal ConstantSender? Begin()
    {
        var outer = _current;
        _current = this;
        return outer;
    }

    internal static void End(ConstantSender? outer) => _current = outer;

    /// <summary>The argument has this constant.</summary>
    internal void Use(IConstant constant)
    {
        var identity = constant.Identity;
        if (!_sent.TryAdd(identity.Number, identity)) return;
        _unwritten.Enqueue(constant);
        _new.Add(identity.Number);
    }

    /// <summary>Writes the constants that are new, also those that they are made of, and that others can be forgotten.</summary>
    internal void WriteNew(FrameBuffer frames)
    {
        foreach (var (number, identity) in _sent)
        {
            if (identity.IsAlive) continue;
            frames.WriteItemFrame(FrameType.Forget, number);
            _forgotten.Add(new(number, identity));
            _sent.Remove(number);
        }

        while (_unwritten.TryDequeue(out var constant))
        {
            frames.Begin(FrameType.Constant);
            frames.WriteInt64(constant.Identity.Number);
            constant.WriteValue(frames);
            frames.End();
        }
    }

    /// <summary>The call and its constants will be sent.</summary>
    internal void Commit()
    {
        _new.Clear();
        _forgotten.Clear();
    }

    /// <summary>They will not.</summary>
    internal void Rollback()
    {
        foreach (long number in _new) _sent.Remove(number);
        foreach (var (number, identity) in _forgotten) _sent[number] = identity;
        _new.Clear();
        _forgotten.Clear();
        _unwritten.Clear();
    }
}
