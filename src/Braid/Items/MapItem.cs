namespace Braid.Items;

/// <summary>
/// One item of a map, in one attempt. The first attempt of each place in the source is also the place itself: it holds the outcome that
/// the consumer takes, whichever attempt brings it.
/// </summary>
internal sealed class MapItem<TArg, TResult> : TypedWorkItem<TArg, TResult>
{
    private readonly ItemStream<TArg, TResult> _stream;
    private readonly int _attempt;
    private MapItem<TArg, TResult> _latest;
    private TResult? _result;
    private Exception? _exception;
    private TimeSpan _duration;
    private int _attempts;
    private volatile bool _isDone;

    internal MapItem(ItemStream<TArg, TResult> stream, TArg arg, long index, MapItem<TArg, TResult>? failed)
        : base(stream.Executor, stream.Work, arg, stream.StopToken, stream.Options.ItemTimeout, stream.IsMeasured)
    {
        _stream = stream;
        Index = index;
        _attempt = failed is null ? 1 : failed._attempt + 1;
        Place = failed?.Place ?? this;
        _latest = this;
    }

    internal long Index { get; }

    /// <summary>The first attempt, which stands for the place in the source.</summary>
    internal MapItem<TArg, TResult> Place { get; }

    /// <summary>True once the last attempt has ended. Read on the place.</summary>
    internal bool IsDone => _isDone;

    internal int Attempt => _attempt;

    /// <summary>Why the place has no result; null: it has one. Read on a place that is done.</summary>
    internal Exception? Exception => _exception;

    /// <summary>The next place that is done, in the order in which they were; used by <see cref="UnorderedWindow{TArg, TResult}"/>.</summary>
    internal MapItem<TArg, TResult>? NextDone { get; set; }

    internal TResult Result => _result!;

    internal Outcome<TArg, TResult> ToOutcome() => new()
    {
        Index = Index,
        Arg = Arg,
        Result = _result!,
        Exception = _exception,
        Attempts = _attempts,
        Duration = _duration,
    };

    /// <summary>The attempt after this one, which failed.</summary>
    internal MapItem<TArg, TResult> NextAttempt()
    {
        var next = new MapItem<TArg, TResult>(_stream, Arg, Index, this);
        Volatile.Write(ref Place._latest, next);
        return next;
    }

    /// <summary>Ends the attempt that waits for a worker, if there is one.</summary>
    internal void CancelLatestIfWaiting() => Volatile.Read(ref _latest).CancelIfWaiting();

    /// <summary>Ends the place without a further attempt: the executor refused it or the map has stopped.</summary>
    internal void GiveUp(Exception exception) => Settle(default, exception);

    private protected override void OnSucceeded(TResult result) => Settle(result, null);

    private protected override void OnFailed(Exception exception)
    {
        if (!_stream.TryRetry(this, exception)) Settle(default, exception);
    }

    private void Settle(TResult? result, Exception? exception)
    {
        var place = Place;
        place._result = result;
        place._exception = exception;
        place._duration = Duration;
        place._attempts = _attempt;
        place._isDone = true;
        _stream.OnDone(place);
    }
}
