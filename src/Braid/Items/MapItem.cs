namespace Braid.Items;

/// <summary>
/// One item of a map, in one attempt. The first attempt of each place in the source is also the place itself: it holds the outcome that
/// the consumer takes, whichever attempt brings it.
/// </summary>
internal sealed class MapItem<TArg, TResult> : TypedWorkItem<TArg, TResult>
{
    private readonly ItemStream<TArg, TResult> _stream;

    // Null as long as there has been one attempt only, shared by all attempts of the place afterwards.
    private MapRetry<TArg, TResult>? _retry;
    private TResult? _result;
    private Exception? _exception;
    private volatile bool _isDone;
    private bool _isRefused;

    internal MapItem(ItemStream<TArg, TResult> stream, TArg arg, long index)
        : base(stream.Work, arg, stream.Options.ItemTimeout, stream.RelativeLimit, stream.IsMeasured, stream.StopToken)
    {
        _stream = stream;
        Index = index;
    }

    internal long Index { get; }

    internal override long? SourceIndex => Index;

    /// <summary>True once the last attempt has ended. Read on the place.</summary>
    internal bool IsDone => _isDone;

    internal int Attempts => _retry?.Attempts ?? 1;

    /// <summary>Why the place has no result; null: it has one. Read on a place that is done.</summary>
    internal Exception? Exception => _exception;

    /// <summary>What the work returned. Read on a place that is done.</summary>
    internal TResult Result => _result!;

    /// <summary>The next place that is done, in the order in which they were; used by <see cref="UnorderedWindow{TArg, TResult}"/>.</summary>
    internal MapItem<TArg, TResult>? NextDone { get; set; }

    /// <summary>Where it is among the places of an <see cref="UnorderedWindow{TArg, TResult}"/>, which alone uses it.</summary>
    internal int WindowIndex { get; set; }

    internal override Executor Executor => _stream.Executor;

    internal Outcome<TArg, TResult> ToOutcome() => new()
    {
        Index = Index,
        Arg = Arg,
        Result = _result!,
        Exception = _exception,
        Attempts = Attempts,
        Duration = (_retry?.Latest ?? this).Duration,
    };

    /// <summary>The attempt after this one, which failed.</summary>
    internal MapItem<TArg, TResult> NextAttempt(Exception exception)
    {
        var retry = _retry ??= new(this);
        retry.Loss ??= PoisonedItem.LossOf(exception);
        var next = new MapItem<TArg, TResult>(_stream, Arg, Index) { _retry = retry };
        retry.Begin(next);
        return next;
    }

    /// <summary>Ends the attempt that waits for a worker, if there is one. Called on the place.</summary>
    internal void CancelLatestIfWaiting() => (Volatile.Read(ref _retry)?.Latest ?? this).CancelIfWaiting();

    /// <summary>Ends the place without a further attempt: the map has stopped.</summary>
    internal void GiveUp(Exception exception) => Settle(default, exception);

    /// <summary>The executor does not take it: it ends, if it has not ended already, and so does its place.</summary>
    internal void Refuse(Exception exception)
    {
        _isRefused = true;
        Fail(exception);
    }

    private protected override void OnSucceeded(TResult result) => Settle(result, null);

    private protected override void OnFailed(Exception exception)
    {
        if (_isRefused)
        {
            Settle(default, exception);
            return;
        }

        var earlier = _retry?.Loss;
        if (PoisonedItem.LossOf(exception) is { } loss && PoisonedItem.IsPoisoned(earlier, loss))
            Settle(default, earlier is null ? loss : PoisonedItem.Combine(this, earlier, loss));
        else if (!_stream.TryRetry(this, exception)) Settle(default, exception);
    }

    private void Settle(TResult? result, Exception? exception)
    {
        var place = _retry?.Place ?? this;
        place._result = result;
        place._exception = exception;
        place._isDone = true;
        _stream.OnDone(place);
    }
}

/// <summary>What the attempts of one place share, from the second attempt on.</summary>
internal sealed class MapRetry<TArg, TResult>(MapItem<TArg, TResult> place)
{
    private MapItem<TArg, TResult> _latest = place;

    /// <summary>The first attempt, which stands for the place in the source.</summary>
    internal MapItem<TArg, TResult> Place { get; } = place;

    internal MapItem<TArg, TResult> Latest => Volatile.Read(ref _latest);

    internal int Attempts { get; private set; } = 1;

    /// <summary>The first attempt that ended its worker.</summary>
    internal WorkerLostException? Loss { get; set; }

    internal void Begin(MapItem<TArg, TResult> next)
    {
        Attempts++;
        Volatile.Write(ref _latest, next);
    }
}
