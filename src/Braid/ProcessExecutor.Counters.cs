namespace Braid;

public sealed partial class ProcessExecutor
{
    private long _lostWorkers;
    private long _raisedErrors;

    /// <summary>
    /// Workers that ended without being asked to: crashes, kills from outside, exits, and those that ended before they were ready. Not those that
    /// Braid ended: at disposal, for a time limit, for a cancellation.
    /// </summary>
    public long LostWorkers => Interlocked.Read(ref _lostWorkers);

    /// <summary>Errors that work has raised in a worker which goes on, one for each attempt. Not those with which work followed its cancelled token.</summary>
    public long RaisedErrors => Interlocked.Read(ref _raisedErrors);

    internal void CountLostWorker() => Interlocked.Increment(ref _lostWorkers);

    internal void CountRaisedError() => Interlocked.Increment(ref _raisedErrors);
}
