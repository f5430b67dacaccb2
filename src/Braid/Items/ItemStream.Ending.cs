namespace Braid.Items;

/// <remarks>This part ends the map: early or at its end, with nothing left of it.</remarks>
internal sealed partial class ItemStream<TArg, TResult> : IAsyncDisposable
{
    /// <summary>Ends the map early: cancels what runs, waits until it has ended. Afterwards nothing of the map is left.</summary>
    internal async ValueTask StopAsync()
    {
        if (_isStopped) return;
        _isStopped = _isExhausted = true;
        await _callerRegistration.DisposeAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        if (!_window.IsEmpty || _pull is not null)
        {
            CancelAll();
            _window.CancelWaiting();
            await DrainAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }

        try
        {
            await _source.DisposeAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        finally
        {
            RelativeLimit?.Dispose();
            _stop.Dispose();
            _linked?.Dispose();
        }
    }

    public ValueTask DisposeAsync() => StopAsync();

    private async ValueTask<bool> StopForCallerAsync()
    {
        await StopAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        throw new OperationCanceledException(_callerToken);
    }

    private async ValueTask<bool> EndAsync()
    {
        await StopAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        _sourceError?.Throw();
        return false;
    }

    private void CancelAll()
    {
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException)
        {
            // Callbacks that the works registered have thrown; their items end all the same and nobody takes their outcomes.
        }
    }

    private async ValueTask DrainAsync()
    {
        _window.ForgetCall();
        while (!_window.IsEmpty)
        {
            if (_window.TryTake(out _)) continue;
            await WaitForPlaceAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }

        if (_pull is null) return;
        try
        {
            // An enumerator must not be disposed while it moves. Its error, if any, comes too late to have a place.
            await _pull.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception)
        {
        }
    }
}
