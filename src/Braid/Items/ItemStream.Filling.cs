using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Braid.Items;

/// <remarks>This part reads the source, submits, and submits again what has failed; the other hands over what is done.</remarks>
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
            if (!TryPull(out bool hasItem)) break;
            if (!hasItem)
            {
                _isExhausted = true;
                break;
            }

            var place = new MapItem<TArg, TResult>(this, _source.Current, _submitted++);
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
    private bool TryPull(out bool hasItem)
    {
        hasItem = false;
        try
        {
            if (_pull is null)
            {
                var pull = _source.MoveNextAsync();
                if (pull.IsCompletedSuccessfully)
                {
                    hasItem = pull.Result;
                    return true;
                }

                _pull = pull.AsTask();
            }

            if (!_pull.IsCompleted) return false;
            var done = _pull;
            _pull = null;
            hasItem = done.GetAwaiter().GetResult();
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
        place.GiveUp(exception);
    }

    /// <summary>Gives a failed item another attempt, if it has one left. From any thread.</summary>
    internal bool TryRetry(MapItem<TArg, TResult> failed, Exception exception)
    {
        if (failed.Attempts >= Options.MaxAttempts || StopToken.IsCancellationRequested || exception is DisposalCanceledException) return false;
        _ = RetryAsync(failed, exception);
        return true;
    }

    private async Task RetryAsync(MapItem<TArg, TResult> failed, Exception exception)
    {
        try
        {
            if (Options.RetryDelay > TimeSpan.Zero)
                await Task.Delay(Options.RetryDelay, Executor.TimeProvider, StopToken).ConfigureAwait(WatchfulSynchronizationContext.IsKept);

            // An executor that runs the item right here would go one level deeper with every attempt.
            else if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

            var next = failed.NextAttempt(exception);
            next.MarkQueued();
            await Executor.SubmitAsync(next).ConfigureAwait(WatchfulSynchronizationContext.IsKept);
        }
        catch (Exception reason)
        {
            // Stopped during the pause: the failure is what is known. Refused (disposed meanwhile): that is the news.
            failed.GiveUp(reason is OperationCanceledException ? exception : reason);
        }
    }
}
