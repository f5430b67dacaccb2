using Braid.Processes;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>The rules by which calls get to workers and back, with workers that no process stands behind.</summary>
public sealed class CallQueueTests : ProcessTest
{
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(101);

    private readonly ManualTime _time = new();
    private readonly ItemCollector _items = new(TimeProvider.System);
    private readonly ProcessExecutor _executor;
    private readonly CallQueue _queue;

    public CallQueueTests()
    {
        _executor = Make(time: _time);
        _queue = new(lanes: 3, _time, lane => new WorkerConnection(_executor, lane));
    }

    [Fact]
    public void What_waits_behind_an_item_comes_back_for_an_idle_worker_and_first_the_newer_half()
    {
        var busy = Worker(CallState.Started, CallState.Sent, CallState.Sent, CallState.Sent);
        Idle();
        Assert.Equal([(busy, 3), (busy, 2)], Recalled(next: RecallTime.Soon));
        Assert.Equal([(busy, 1)], Recalled(next: RecallTime.Never));
        Assert.Empty(Recalled(next: RecallTime.Never));
    }

    [Fact]
    public void A_call_that_its_worker_has_not_begun_waits_behind_nothing()
    {
        // The first has as many calls that have not begun as the second, and must not be taken for the one that should give back.
        Worker(CallState.Sent);
        var busy = Worker(CallState.Started, CallState.Sent);
        Idle();
        Assert.Equal([(busy, 1)], Recalled(next: RecallTime.Never));
    }

    [Fact]
    public void Nothing_comes_back_from_behind_a_short_item_while_no_worker_is_idle_but_is_looked_at_again()
    {
        Worker(CallState.Started, CallState.Sent);
        Worker(CallState.Started);
        Assert.Empty(Recalled(next: RecallTime.Later));
    }

    [Fact]
    public void What_may_come_to_wait_behind_a_long_item_is_looked_at_later_and_soon_once_the_item_is_long()
    {
        Worker(CallState.Started, CallState.Sent);
        var other = Worker(CallState.Started);
        lock (_queue.Gate) other.Held.Remove(other.Held.First!);
        lock (_queue.Gate) _queue.PutBack(Call());
        Assert.Equal(RecallTime.Later, _queue.Take(other, [], []));
        lock (_queue.Gate) other.Held.Remove(other.Held.First!);
        lock (_queue.Gate) _queue.PutBack(Call());
        _time.Advance(Long);
        Assert.Equal(RecallTime.Soon, _queue.Take(other, [], []));
    }

    [Fact]
    public void All_that_waits_behind_a_long_item_comes_back()
    {
        var busy = Worker(CallState.Started, CallState.Sent, CallState.Sent);
        Worker(CallState.Started);
        _time.Advance(Long);
        Assert.Equal([(busy, 2), (busy, 1)], Recalled(next: RecallTime.Never));
    }

    [Fact]
    public void What_came_back_is_given_out_in_the_order_in_which_it_was_submitted()
    {
        var busy = Worker(CallState.Started, CallState.Sent, CallState.Sent, CallState.Sent);
        var calls = busy.Held.All();
        var other = Idle();
        _time.Advance(Long);
        List<(WorkerConnection Worker, List<ProcessCall> Calls)> recalls = [];
        _queue.Recall(recalls);
        lock (_queue.Gate)
        {
            foreach (var call in recalls[0].Calls)
            {
                busy.Held.Remove(call);
                _queue.PutBack(call);
            }
        }

        List<ProcessCall> order = [];
        for (int i = 0; i < 3; i++)
        {
            List<ProcessCall> taken = [];
            _queue.Take(other, taken, []);
            lock (_queue.Gate) other.Held.Remove(taken[0]);
            order.AddRange(taken);
        }

        Assert.Equal(calls[1..], order);
    }

    [Fact]
    public void A_worker_that_took_a_call_unasked_is_not_idle()
    {
        var first = Idle();
        Assert.True(_queue.TryAdd(Call(), out var claimed, out _));
        Assert.Same(first, claimed);
        _queue.Take(first, [], []);
        lock (_queue.Gate) first.Held.Remove(first.Held.First!);
        _queue.Take(first, [], []);

        // Its own thread asks, before anybody who has added a call claims it.
        lock (_queue.Gate) _queue.PutBack(Call());
        _queue.Take(first, [], []);
        Assert.Equal(1, first.Held.Count);
        Assert.True(_queue.TryAdd(Call(), out claimed, out var start));
        Assert.Null(claimed);
        Assert.NotNull(start);
    }

    [Fact]
    public void A_worker_on_its_way_out_is_given_no_call_although_it_is_among_the_idle_ones()
    {
        var worn = Idle();
        worn.IsWorn = true;
        Assert.True(_queue.TryAdd(Call(), out var idle, out var start));
        Assert.Null(idle);
        Assert.Equal(1, start!.Lane);
    }

    [Fact]
    public void A_lost_worker_has_nothing_more_to_do_with_the_calls_that_it_had()
    {
        var lost = Worker(CallState.Started, CallState.Sent);
        var calls = lost.Held.All();
        _queue.OnGone(lost, hasFailed: false, []);
        Assert.Equal(0, lost.Held.Count);
        Assert.False(lost.Held.Use(calls[1].Item.CancellationToken));
        Assert.Equal([CallState.Started, CallState.Waiting], calls.Select(static call => call.State));
    }

    [Fact]
    public void A_call_that_cannot_be_sent_is_ended_only_by_the_worker_that_has_it()
    {
        var lost = Worker(CallState.Sent, CallState.Sent);
        var calls = lost.Held.All();
        calls.ForEach(call => call.Worker = lost);
        Assert.True(lost.IsStillOurs(calls[0]));
        Assert.False(lost.IsStillOurs(calls[0]));

        // It is lost before it ends the other, which goes back and to the next.
        _queue.OnGone(lost, hasFailed: false, []);
        Assert.False(lost.IsStillOurs(calls[1]));
        Assert.Same(calls[1], Worker(CallState.Sent).Held.First);
        Assert.False(lost.IsStillOurs(calls[1]));
    }

    [Fact]
    public void A_disposal_that_waits_no_longer_leaves_nothing_to_workers()
    {
        var worker = Idle();
        var call = Call();
        Assert.True(_queue.TryAdd(call, out _, out _));
        var reason = new OperationCanceledException("disposed");
        Assert.Equal([call], _queue.Abandon(_ => reason).Waiting);
        lock (_queue.Gate) _queue.PutBack(call);
        _queue.Take(worker, [], []);
        Assert.Equal(0, worker.Held.Count);
        Assert.Equal([(call, reason)], _queue.TakeReturned());
    }

    [Fact]
    public async Task A_worker_that_runs_a_long_item_is_sent_nothing()
    {
        // With a process behind it: many quick items, so that it may have many calls at hand.
        await using var gate = new Gate();
        await foreach (int _ in _executor.MapAsync(Enumerable.Range(0, 100), Works.AddOne)) { }
        var held = _executor.RunAsync(Work.Of<GateCall, int>(Support.Works.PassAsync), gate.Call(0)).AsTask();
        await gate.ArrivedAsync(0);
        var worker = Assert.Single(_executor.Queue.Ready);
        Assert.True(worker.Depth > 1);
        await Until(() => worker.Held.CountIn(CallState.Started) == 1, "the program has heard that the item began");

        _time.Advance(Long);
        var behind = Soon(_executor.RunAsync(Work.Of<int, int>(Works.AddOne), 1));
        List<ProcessCall> taken = [];
        _executor.Queue.Take(worker, taken, []);
        Assert.Empty(taken);
        Assert.Equal(1, worker.Held.Count);
        await gate.OpenAsync(0);
        await held.WaitAsync(Limit);
        Assert.Equal(2, await behind);
    }

    [Fact]
    public void For_a_call_that_came_back_a_worker_is_started_if_none_is_idle_and_there_are_fewer_than_allowed()
    {
        var busy = Worker(CallState.Started, CallState.Sent);
        var call = busy.Held.All()[1];
        lock (_queue.Gate)
        {
            busy.Held.Remove(call);
            _queue.PutBack(call);
        }

        Assert.True(_queue.TryClaim(out var idle, out var start));
        Assert.Null(idle);
        Assert.Equal(1, start!.Lane);
        Assert.False(_queue.TryClaim(out _, out _));
    }

    /// <summary>Another worker, which holds calls in these states.</summary>
    private WorkerConnection Worker(params CallState[] states)
    {
        Assert.True(_queue.TryAdd(Call(), out _, out var worker));
        _queue.OnReady(worker!);
        List<ProcessCall> taken = [];
        _queue.Take(worker!, taken, []);
        lock (_queue.Gate)
        {
            foreach (var _ in states[1..]) worker!.Held.Add(Call());
            foreach (var (call, state) in worker!.Held.All().Zip(states)) (call.State, call.StartedAt) = (state, _time.GetTimestamp());
        }

        return worker;
    }

    /// <summary>Another worker, which has nothing to do.</summary>
    private WorkerConnection Idle()
    {
        var worker = Worker(CallState.Started);
        lock (_queue.Gate) worker.Held.Remove(worker.Held.First!);
        _queue.Take(worker, [], []);
        Assert.True(worker.IsIdle);
        return worker;
    }

    private ProcessCall Call() => new(_items.Collect(1), activity: null) { State = CallState.Sent };

    /// <summary>Which calls are asked for now, each as its worker and its place there, and when to ask next.</summary>
    private List<(WorkerConnection Worker, int Place)> Recalled(RecallTime next)
    {
        List<(WorkerConnection Worker, List<ProcessCall> Calls)> recalls = [];
        Assert.Equal(next, _queue.Recall(recalls));
        return [.. recalls.SelectMany(recall => recall.Calls.Select(call => (recall.Worker, recall.Worker.Held.All().IndexOf(call))))];
    }
}
