using System.Buffers;
using Braid.Cli.Arguments;
using Braid.Wire;

namespace Braid.Cli.Comparison;

/// <summary>How one item ended in one run.</summary>
internal readonly record struct ItemEnd(object? Result, Exception? Exception);

/// <summary>What one item costs to write and read again for another process: measured once, apart from the runs.</summary>
internal readonly record struct EncodingCost(TimeSpan PerItem, double ArgumentBytes, double ResultBytes);

/// <summary>The items of a comparison: every engine runs these and no others.</summary>
internal abstract class ItemBatch
{
    internal abstract int Count { get; }

    internal abstract string ArgumentText(int index);

    /// <summary>Runs items on an executor until none is left or the time for new ones is over. A failed item is an end, not the end.</summary>
    /// <param name="executor">Where.</param>
    /// <param name="ahead">Items submitted and not taken, at most; the executor decides how many of them run at once. Null: as many as by default.</param>
    /// <param name="mayStart">Asked before each item; false ends the run after those in progress.</param>
    /// <param name="ended">Told of each item's end, with how many have ended.</param>
    /// <param name="cancellationToken">Ends the run at once.</param>
    internal abstract Task<ItemEnd[]> RunAsync(
        Executor executor, int? ahead, Func<bool> mayStart, Action<int> ended, CancellationToken cancellationToken);

    /// <summary>Encodes and decodes arguments and results as processes do. Null: one of the types cannot be encoded.</summary>
    internal abstract EncodingCost? MeasureEncoding(IReadOnlyList<ItemEnd> ends, TimeProvider timeProvider);
}

/// <summary>The items of a work whose types are known.</summary>
internal sealed class TypedItemBatch<TArg, TResult>(Work<TArg, TResult> work, TArg[] arguments) : ItemBatch
{
    // Enough for a mean; encoding ten thousand items again would only make the user wait.
    private const int MostEncoded = 200;

    internal override int Count => arguments.Length;

    internal override string ArgumentText(int index) => ResultWriter.WriteShort(arguments[index]);

    internal override async Task<ItemEnd[]> RunAsync(
        Executor executor, int? ahead, Func<bool> mayStart, Action<int> ended, CancellationToken cancellationToken)
    {
        var ends = new List<ItemEnd>(arguments.Length);
        var options = new MapOptions { MaxConcurrency = ahead };
        await foreach (var outcome in executor.OutcomesAsync(arguments.TakeWhile(_ => mayStart()), work, options, cancellationToken))
        {
            ends.Add(new ItemEnd(outcome.Result, outcome.Exception));
            ended(ends.Count);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return [.. ends];
    }

    internal override EncodingCost? MeasureEncoding(IReadOnlyList<ItemEnd> ends, TimeProvider timeProvider)
    {
        var results = ends.Take(MostEncoded).Where(static end => end.Exception is null).Select(static end => (TResult)end.Result!).ToArray();
        var sent = arguments.Take(MostEncoded).ToArray();
        if (results.Length == 0) return null;
        try
        {
            Encode(sent[..1], timeProvider); // The first one compiles the code.
            Encode(results[..1], timeProvider);
            var (argumentTime, argumentBytes) = Encode(sent, timeProvider);
            var (resultTime, resultBytes) = Encode(results, timeProvider);
            return new EncodingCost(argumentTime + resultTime, argumentBytes, resultBytes);
        }
        catch (Exception)
        {
            // The processes' row says why; the other rows need no encoding.
            return null;
        }
    }

    private static (TimeSpan PerItem, double Bytes) Encode<T>(T[] values, TimeProvider timeProvider)
    {
        var buffer = new ArrayBufferWriter<byte>();
        long bytes = 0;
        var start = timeProvider.GetTimestamp();
        foreach (var value in values)
        {
            buffer.ResetWrittenCount();
            Payload.Write(buffer, value);
            bytes += buffer.WrittenCount;
            Payload.Read<T>(new ReadOnlySequence<byte>(buffer.WrittenMemory));
        }

        return (timeProvider.GetElapsedTime(start) / values.Length, (double)bytes / values.Length);
    }
}
