using Braid.Cli.Arguments;
using Braid.Items;

namespace Braid.Cli.Comparison;

/// <summary>An item that failed, and on which engines.</summary>
internal sealed record Failure(int Index, string Argument, string Error, IReadOnlyList<EngineKind> Engines)
{
    /// <summary>By item; the same error on several engines once.</summary>
    internal static IReadOnlyList<Failure> Collect(ItemBatch items, IEnumerable<EngineRecord> records) =>
    [
        .. records.Where(static record => record.CannotRun is null && record.Turns.Count > 0)
            .SelectMany(static record => record.Turns[^1].Ends.Select((end, index) => (record.Engine, Index: index, end.Exception)))
            .Where(static item => item.Exception is not null)
            .GroupBy(static item => (item.Index, Error: Describe(item.Exception!)))
            .OrderBy(static group => group.Key.Index)
            .Select(group => new Failure(group.Key.Index, items.ArgumentText(group.Key.Index), group.Key.Error, [.. group.Select(static item => item.Engine)])),
    ];

    private static string Describe(Exception exception) => $"{exception.GetType().Name}: {ResultWriter.OneLine(ExceptionText.MessageOf(exception))}";
}
