namespace Braid.Items;

/// <summary>The outcomes of a map: each item's end is a value at its place.</summary>
internal sealed class MapOutcomes<TArg, TResult>(
    Executor executor, Work<TArg, TResult> work, Func<ItemSource<TArg>> openSource, MapOptions options, CancellationToken cancellationToken)
    : IAsyncEnumerable<Outcome<TArg, TResult>>
{
    public IAsyncEnumerator<Outcome<TArg, TResult>> GetAsyncEnumerator(CancellationToken enumeratorToken = default) =>
        new Enumerator(new(executor, work, openSource(), options, isMeasured: true, stopsAtFirst: false, cancellationToken, enumeratorToken));

    private sealed class Enumerator(ItemStream<TArg, TResult> stream) : IAsyncEnumerator<Outcome<TArg, TResult>>
    {
        public Outcome<TArg, TResult> Current => stream.Current.ToOutcome();

        public ValueTask<bool> MoveNextAsync() => stream.MoveNextAsync();

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }
}
