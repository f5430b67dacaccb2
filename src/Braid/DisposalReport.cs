namespace Braid;

/// <summary>What a disposal with a deadline had to give up: <see cref="ProcessExecutor.DisposeAsync(TimeSpan)"/>.</summary>
/// <param name="Unfinished">The items that had not ended when the deadline passed, those that ran first.</param>
public sealed record DisposalReport(IReadOnlyList<UnfinishedItem> Unfinished)
{
    private const int MostShown = 10;

    /// <summary>True if every item had ended in time.</summary>
    public bool IsComplete => Unfinished.Count == 0;

    /// <summary>One line for people.</summary>
    public override string ToString() =>
        IsComplete ? "Every item had ended in time." : $"Not ended in time: {string.Join("; ", Unfinished.Take(MostShown))}{(Unfinished.Count > MostShown ? $"; and {Unfinished.Count - MostShown:N0} more" : "")}.";
}

/// <summary>An item that had not ended when a deadline passed.</summary>
/// <param name="Name">The work's name.</param>
/// <param name="Argument">Its argument, for people; shortened.</param>
/// <param name="Index">Its place in the source of its map, from 0; null: it was run by itself.</param>
/// <param name="Lane">The number of the worker that ran it; null: none had begun it.</param>
/// <param name="RanFor">How long it had run; zero if no worker had begun it.</param>
public sealed record UnfinishedItem(string Name, string Argument, long? Index, int? Lane, TimeSpan RanFor)
{
    /// <summary>A few words for people.</summary>
    public override string ToString()
    {
        string item = Index is { } index ? $"item {index} of {Name} ({Argument})" : $"{Name} ({Argument})";
        return Lane is { } lane ? $"{item}, which ran for {RanFor} on worker {lane}" : $"{item}, which no worker had begun";
    }
}
