using System.Collections.Concurrent;

namespace Braid.Wire;

/// <summary>In a worker: the constants that its parent has sent, by the numbers that they have there.</summary>
/// <remarks>Decoded when an item first has one, so that one that cannot be decoded fails items, and a crash in it has an item to blame.</remarks>
internal static class ConstantTable
{
    private static readonly ConcurrentDictionary<long, Entry> Entries = new();

    internal static void Define(Frame frame)
    {
        var fields = frame.Fields;
        long number = fields.ReadInt64();
        var value = frame.Body[fields.Position..];
        Entries[number] = new() { Bytes = frame.IsOwn ? value : value.ToArray() };
    }

    internal static void Forget(long number) => Entries.TryRemove(number, out _);

    /// <exception cref="WorkNotPortableException">There is none of that number and type.</exception>
    internal static Constant<T> Find<T>(long number)
    {
        if (!Entries.TryGetValue(number, out var entry)) throw Unknown<T>(number);
        if (entry.Constant is null)
        {
            entry.Constant = new Constant<T>(PayloadFormat<T>.Instance.ReadArgument(entry.Bytes.Span));
            entry.Bytes = default;
        }

        return entry.Constant as Constant<T> ?? throw Unknown<T>(number);
    }

    private static WorkNotPortableException Unknown<T>(long number) =>
        new($"There is no {TypeName.Of(typeof(Constant<T>))} of number {number} here. A constant can be read in a worker of the executor that was given it, and nowhere else.");

    private sealed class Entry
    {
        internal ReadOnlyMemory<byte> Bytes { get; set; }

        internal IConstant? Constant { get; set; }
    }
}
