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
        Assert.Equal([(busy, 2), (busy, 3)], Recalled(isMore: true));
        Assert.Equal([(busy, 1)], Recalled(isMore: false));
        Assert.Empty(Recalled(isMore: false));
    }

    [Fact]
    public void A_call_that_its_worker_has_not_begun_waits_behind_nothing()
    {
        // The first has as many calls that have not begun as the second, and must not be taken for the one that should give back.
        Worker(CallState.Sent);
        var busy = Worker(CallState.Started, CallState.Sent);
        Idle();
        Assert.Equal([(busy, 1)], Recalled(isMore: false));
    }

    [Fact]
    public void Nothing_comes_back_from_behind_a_short_item_while_no_worker_is_idle()
    {
        Worker(CallState.Started, CallState.Sent);
        Worker(CallState.Started);
        Assert.Empty(Recalled(isMore: false));
    }

    [Fact]
    public void All_that_waits_behind_a_long_item_comes_back()
    {
        var busy = Worker(CallState.Started, CallState.Sent, CallState.Sent);
        Worker(CallState.Started);
        _time.Advance(Long);
        Assert.Equal([(busy, 1), (busy, 2)], Recalled(isMore: false));
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
    private void Idle()
    {
        var worker = Worker(CallState.Started);
        lock (_queue.Gate) worker.Held.Remove(worker.Held.First!);
        _queue.Take(worker, [], []);
        Assert.True(worker.IsIdle);
    }

    private ProcessCall Call() => new(_items.Collect(1), activity: null) { State = CallState.Sent };

    /// <summary>Which calls are asked for now, each as its worker and its place there.</summary>
    private List<(WorkerConnection Worker, int Place)> Recalled(bool isMore)
    {
        List<(WorkerConnection Worker, List<ProcessCall> Calls)> recalls = [];
        Assert.Equal(isMore, _queue.Recall(recalls));
        return [.. recalls.SelectMany(recall => recall.Calls.Select(call => (recall.Worker, recall.Worker.Held.All().IndexOf(call))))];
    }
}
