using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Braid.Items;

/// <remarks>This part reads the source, submits, and submits again what has failed.</remarks>
internal sealed partial class ItemStream<TArg, TResult>
{
    private void Open()
    {
        if (_isOpen) return;
        _isOpen = true;
        try
        {
            _source.Open(StopToken);
        }
        catch (Exception exception)
        {
            EndSource(exception);
        }
    }

    /// <summary>Reads the source and submits, until the window is full, the source has ended, or it makes us wait.</summary>
    private ValueTask FillAsync()
    {
        while (!_isExhausted && _window.Count < (_limit ?? Executor.ReadAhead) && !(_stopsAtFirst && _hasFailed))
        {
            if (!TryPull(out bool hasItem, out var arg)) break;
            if (!hasItem)
            {
                _isExhausted = true;
                break;
            }

            var place = new MapItem<TArg, TResult>(this, arg, _submitted++);
            _window.Add(place);
            var accepted = Submit(place);
            if (!accepted.IsCompletedSuccessfully) return FillAfterAsync(accepted, place);
        }

        return default;
    }

    private async ValueTask FillAfterAsync(ValueTask accepted, MapItem<TArg, TResult> place)
    {
        try
        {
            await accepted.ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception exception)
        {
            Refuse(place, exception);
        }

        await FillAsync().ConfigureAwait(WatchfulSynchronizationContext.IsKept);
    }

    /// <summary>False while an asynchronous source has to be waited for.</summary>
    private bool TryPull(out bool hasItem, out TArg arg)
    {
        hasItem = false;
        arg = default!;
        try
        {
            if (_pull is null)
            {
                var pull = _source.MoveNextAsync();
                if (pull.IsCompletedSuccessfully)
                {
                    if (pull.Result) (arg, hasItem) = (_source.Current, true);
                    return true;
                }

                _pull = pull.AsTask();
            }

            if (!_pull.IsCompleted) return false;
            var done = _pull;
            _pull = null;
            if (done.GetAwaiter().GetResult()) (arg, hasItem) = (_source.Current, true);
        }
        catch (Exception exception)
        {
            EndSource(exception);
        }

        return true;
    }

    private void EndSource(Exception exception)
    {
        _sourceError = ExceptionDispatchInfo.Capture(exception);
        _isExhausted = true;
    }

    private ValueTask Submit(MapItem<TArg, TResult> place)
    {
        try
        {
            place.MarkQueued();
            return Executor.SubmitAsync(place);
        }
        catch (Exception exception)
        {
            Refuse(place, exception);
            return default;
        }
    }

    /// <summary>The executor does not take the item: the whole map fails at its place, and nothing more is read.</summary>
    private void Refuse(MapItem<TArg, TResult> place, Exception exception)
    {
        _refusal = exception;
        _isExhausted = true;
        place.Refuse(exception);
    }

    /// <summary>Gives a failed item another attempt, if it has one left. From any thread.</summary>
    internal bool TryRetry(MapItem<TArg, TResult> failed, Exception exception)
    {
        if (failed.Attempts >= Options.MaxAttempts || StopToken.IsCancellationRequested || exception is DisposalCanceledException) return false;

        // In the caller's context, whatever the work has made of it: its values are the next attempt's, too.
        if (failed.Flow is { } flow) System.Threading.ExecutionContext.Run(flow, static state => ((Failure)state!).Retry(), new Failure(this, failed, exception));
        else _ = RetryAsync(failed, exception);
        return true;
    }

    private async Task RetryAsync(MapItem<TArg, TResult> failed, Exception exception)
    {
        MapItem<TArg, TResult>? next = null;
        try
        {
            if (Options.RetryDelay > TimeSpan.Zero)
                await Task.Delay(Options.RetryDelay, Executor.TimeProvider, StopToken).ConfigureAwait(WatchfulSynchronizationContext.IsKept);

            // An executor that runs the item right here would go one level deeper with every attempt.
            else if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

            next = failed.NextAttempt(exception);
            next.MarkQueued(Maker);
            await Executor.SubmitAsync(next).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception reason)
        {
            // Stopped during the pause: the failure is what is known. Refused (disposed meanwhile): that is the news.
            var end = reason is OperationCanceledException ? exception : reason;
            if (next is null) failed.GiveUp(end);
            else next.Refuse(end);
        }
    }

    private sealed record Failure(ItemStream<TArg, TResult> Stream, MapItem<TArg, TResult> Item, Exception Exception)
    {
        internal void Retry() => _ = Stream.RetryAsync(Item, Exception);
    }
}
