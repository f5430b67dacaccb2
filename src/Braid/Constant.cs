using System.Text.Json.Serialization;
using Braid.Wire;

namespace Braid;

/// <summary>Makes constants.</summary>
public static class Constant
{
    /// <summary>A constant of this value. Nothing is copied yet.</summary>
    public static Constant<T> Of<T>(T value) => new(value);
}

/// <summary>A value that many items use: a part of their arguments that travels to each worker process once, and not with every item.</summary>
/// <remarks>
/// <para>
/// <code>
/// var model = Constant.Of(Model.Load("model.bin"));
/// var scores = executor.MapAsync(ids.Select(id => (model, id)), static item => item.model.Value.Score(item.id));
/// </code>
/// </para>
/// <para>
/// It can be the argument itself or part of a tuple, a record, a collection; the value is anything that can be an argument. A worker gets it
/// together with the first item that has it, decodes it once, and gives the same object to all its items, which must not change it. It is
/// encoded once for each worker, from what it holds then: change nothing in it while items use it. Engines that run in this process pass the
/// object itself. It cannot be part of a result.
/// </para>
/// <para>
/// A worker keeps it until the next constant is sent there after the last reference to this object is gone, or until it ends. Arrays too large
/// to exist once in every worker belong into a <see cref="SharedBuffer"/>. Thread-safe.
/// </para>
/// </remarks>
[JsonConverter(typeof(ConstantConverters))]
public sealed class Constant<T> : IConstant
{
    private readonly ConstantIdentity _identity;

    internal Constant(T value)
    {
        Value = value;
        _identity = new(this);
    }

    /// <summary>The value.</summary>
    public T Value { get; }

    ConstantIdentity IConstant.Identity => _identity;

    void IConstant.WriteValue(FrameBuffer output) => PayloadFormat<T>.Instance.Write(output, Value);

    /// <summary>Its type, for messages and timelines, where the value itself would say little about an item.</summary>
    public override string ToString() => TypeName.Of(GetType());
}
