using System.Runtime.ExceptionServices;

namespace Braid.Items;

/// <summary>The results of a map; an item that fails ends it, now or later (<see cref="ErrorMode"/>).</summary>
internal sealed class MapResults<TArg, TResult>(
    Executor executor, Work<TArg, TResult> work, Func<ItemSource<TArg>> openSource, MapOptions options, CancellationToken cancellationToken)
    : IAsyncEnumerable<TResult>
{
    public IAsyncEnumerator<TResult> GetAsyncEnumerator(CancellationToken enumeratorToken = default)
    {
        bool stopsAtFirst = options.OnError == ErrorMode.StopAtFirst;
        return new Enumerator(new(executor, work, openSource(), options, isMeasured: false, stopsAtFirst, cancellationToken, enumeratorToken), stopsAtFirst);
    }

    private sealed class Enumerator(ItemStream<TArg, TResult> stream, bool stopsAtFirst) : IAsyncEnumerator<TResult>
    {
        private Exception? _firstFailure;

        public TResult Current { get; private set; } = default!;

        public ValueTask<bool> MoveNextAsync()
        {
            var move = stream.MoveNextAsync();
            if (!move.IsCompletedSuccessfully) return ContinueAsync(move);
            if (!move.Result) return ContinueAsync(new(false));
            return TryDeliver() ? new(true) : ContinueAsync(new(true));
        }

        public ValueTask DisposeAsync() => stream.DisposeAsync();

        private bool TryDeliver()
        {
            if (stream.Current.Exception is not null) return false;
            Current = stream.Current.Result;
            return true;
        }

        private async ValueTask<bool> ContinueAsync(ValueTask<bool> move)
        {
            try
            {
                while (await move.ConfigureAwait(WatchfulSynchronizationContext.IsKept))
                {
                    if (TryDeliver()) return true;
                    _firstFailure ??= stream.Current.Exception;
                    if (stopsAtFirst) break;
                    move = stream.MoveNextAsync();
                }
            }
            catch (Exception exception) when (_firstFailure is not null && exception is not OperationCanceledException)
            {
                // The source has failed after an item has: the first failure is the one to tell.
            }

            if (_firstFailure is not { } failure) return false;
            _firstFailure = null;
            await stream.StopAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
            ExceptionDispatchInfo.Throw(failure);
            return false;
        }
    }
}
