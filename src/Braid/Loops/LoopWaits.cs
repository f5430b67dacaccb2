namespace Braid.Loops;

/// <summary>An operation of the loop that somebody waits for.</summary>
internal interface ILoopWait
{
    bool IsPending { get; }

    /// <summary>In a word: "receive".</summary>
    string What { get; }

    /// <summary>The async method that awaits it, as .NET's own object; null: none does, or something else does.</summary>
    object? AsyncMethod { get; }

    /// <summary>Whether anything awaits it.</summary>
    bool IsAwaited { get; }
}

/// <summary>What a loop's operations wait for at a moment, by the item that waits. Made on the loop's thread.</summary>
internal sealed class LoopWaits
{
    // Reading one takes about a microsecond, and the loop stands still meanwhile. What is beyond is counted with nobody.
    private const int MostRead = 10_000;

    private const int MostKinds = 5;

    private readonly Dictionary<WorkItem, Dictionary<string, int>> _ofItems = [];
    private readonly Dictionary<string, int> _ofMain = [];

    public LoopWaits(IEnumerable<ILoopWait> operations)
    {
        foreach (var operation in operations.Where(operation => operation.IsPending).Take(MostRead)) Add(operation);
    }

    /// <summary>What an item waits for; null: what no item waits for.</summary>
    public string? Of(WorkItem? item) => item is null ? Text(_ofMain) : Text(_ofItems.GetValueOrDefault(item));

    /// <summary>All of it, whoever waits.</summary>
    public string? OfAll()
    {
        var all = new Dictionary<string, int>(_ofMain);
        foreach (var (text, count) in _ofItems.Values.SelectMany(kinds => kinds)) all[text] = all.GetValueOrDefault(text) + count;
        return Text(all);
    }

    /// <summary>"spin, sleep ×3"; null for nothing.</summary>
    public static string? Text(IEnumerable<string> names) => Text(names.CountBy(name => name).ToDictionary());

    private void Add(ILoopWait operation)
    {
        var method = operation.AsyncMethod;
        var item = method is null ? null : CallbackName.ItemOf(method);
        var kinds = _ofMain;
        if (item is not null && !_ofItems.TryGetValue(item, out kinds)) _ofItems[item] = kinds = [];
        var text = Describe(operation, method);
        kinds[text] = kinds.GetValueOrDefault(text) + 1;
    }

    private static string Describe(ILoopWait operation, object? method)
    {
        if (!operation.IsAwaited) return $"{operation.What} that nobody awaits";
        var name = method is null ? null : CallbackName.NameOf(method);
        return name is null || name.StartsWith("Braid.Loops.", StringComparison.Ordinal) ? operation.What : $"{operation.What} in {name}";
    }

    private static string? Text(Dictionary<string, int>? kinds)
    {
        if (kinds is null || kinds.Count == 0) return null;
        var most = kinds.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).Take(MostKinds)
            .Select(kind => kind.Value == 1 ? kind.Key : $"{kind.Key} ×{kind.Value}");
        return string.Join(", ", kinds.Count > MostKinds ? most.Append("…") : most);
    }
}
