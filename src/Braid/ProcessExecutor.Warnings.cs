using System.Collections.Concurrent;
using System.Globalization;
using Braid.Wire;

namespace Braid;

public sealed partial class ProcessExecutor
{
    // Every worker finds out by itself; the program is told once.
    private readonly ConcurrentDictionary<FunctionId, bool> _costly = new();

    /// <summary>A worker has found that the item's function takes less time than its arguments and results.</summary>
    internal void WarnOfEncoding(WorkItem item, int lane, TimeSpan encoding, TimeSpan work)
    {
        if (!_costly.TryAdd(item.Function, true)) return;
        string message = $"Encoding and decoding the arguments and results of work '{item.Name}' takes about {Text(encoding)} per item, the work itself {Text(work)}. "
            + "Run it in this process, or send less: what many items share in a Constant, large arrays in a SharedBuffer, a file's name instead of its content.";
        Timeline?.Record(0, item.Name, TracePhase.CostlyEncoding, Name, lane, message);
        BraidEventSource.Log.CostlyEncoding(Name, encoding.TotalMicroseconds, work.TotalMicroseconds, message);
    }

    private static string Text(TimeSpan time) => time >= TimeSpan.FromMilliseconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0.#} µs");
}
