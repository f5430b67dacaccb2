namespace Braid.Items;

/// <summary>Where a map's arguments come from: a plain or an asynchronous sequence, read one at a time.</summary>
internal abstract class ItemSource<TArg> : IAsyncDisposable
{
    internal abstract TArg Current { get; }

    /// <summary>Items in the source, if it can tell without being read.</summary>
    internal virtual long? Total => null;

    /// <summary>Begins the enumeration; the token tells an asynchronous source that nobody wants more.</summary>
    internal abstract void Open(CancellationToken cancellationToken);

    internal abstract ValueTask<bool> MoveNextAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>A plain sequence. It is read on the consumer's thread.</summary>
internal sealed class EnumerableSource<TArg>(IEnumerable<TArg> source) : ItemSource<TArg>
{
    private IEnumerator<TArg>? _enumerator;

    internal override TArg Current => _enumerator!.Current;

    internal override long? Total => source.TryGetNonEnumeratedCount(out int count) ? count : null;

    internal override void Open(CancellationToken cancellationToken) => _enumerator = source.GetEnumerator();

    internal override ValueTask<bool> MoveNextAsync() => new(_enumerator!.MoveNext());

    public override ValueTask DisposeAsync()
    {
        _enumerator?.Dispose();
        return default;
    }
}

/// <summary>An asynchronous sequence. While it is waited for, results that are ready are delivered.</summary>
internal sealed class AsyncEnumerableSource<TArg>(IAsyncEnumerable<TArg> source) : ItemSource<TArg>
{
    private IAsyncEnumerator<TArg>? _enumerator;

    internal override TArg Current => _enumerator!.Current;

    internal override void Open(CancellationToken cancellationToken) => _enumerator = source.GetAsyncEnumerator(cancellationToken);

    internal override ValueTask<bool> MoveNextAsync() => _enumerator!.MoveNextAsync();

    public override ValueTask DisposeAsync() => _enumerator?.DisposeAsync() ?? default;
}
