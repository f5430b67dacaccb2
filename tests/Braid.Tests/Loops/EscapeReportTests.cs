using System.Diagnostics.Tracing;
using Braid.Loops;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>What is told about a method that left its loop, to whom, and when nobody is asked.</summary>
[Collection("Escapes")]
public sealed class EscapeReportTests : EscapeTest
{
    private const string Here = "Braid.Tests.Loops.EscapeReportTests.";
    private const string There = "Braid.Tests.Loops.EscapeTest.";

    [Theory, MemberData(nameof(Pollers))]
    public async Task Each_loop_of_an_executor_tells_for_itself_with_its_lane_and_the_item(LoopPoller poller)
    {
        var timeline = new Timeline();
        await using (var executor = new LoopExecutor(new LoopOptions { Loops = 2, FindEscapes = true, Timeline = timeline, Poller = poller, Name = "two" }))
        {
            // As many at once as there are loops, so that each has one.
            var both = new Meeting(2);
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => executor.RunAsync(MeetAndLeaveAsync, both, TestContext.Current.CancellationToken).AsTask()));
        }

        var told = timeline.Events.Where(e => e.Phase == TracePhase.Escape).ToList();
        Assert.All(told, e => Assert.Equal((Here + nameof(MeetAndLeaveAsync), "two"), (e.Name, e.Executor)));
        Assert.Equal([0, 1], told.Select(e => e.Lane).Order());
        Assert.Equal(
            timeline.Events.Where(e => e.Phase == TracePhase.Started).Select(e => (e.ItemId, e.Lane)).Order(),
            told.Select(e => (e.ItemId, e.Lane)).Order());
    }

    [Fact]
    public void A_method_that_goes_on_on_another_loop_is_told_of_with_that_loops_thread()
    {
        var timeline = new Timeline();
        var source = new TaskCompletionSource();
        Run(async () =>
        {
            var leaving = WaitAsync(source.Task);
            var other = new Thread(() => EventLoop.Run(async _ =>
            {
                await EventLoop.Yield();
                Loop.TimeProvider.CreateTimer(_ => source.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan); // without a context, so in place
                await source.Task;
            }))
            { Name = "the other", IsBackground = true };
            other.Start();
            await leaving;
        }, new LoopOptions { FindEscapes = true, Timeline = timeline });
        var told = Assert.Single(timeline.Events, e => e.Phase == TracePhase.Escape);
        Assert.Equal(Here + nameof(WaitAsync), told.Name);
        Assert.Contains("goes on on the thread 'the other' of another loop", told.Detail);
    }

    [Fact]
    public void The_warning_names_the_loop_the_method_the_thread_who_resumed_it_and_what_to_do()
    {
        using var log = new WarningLog();
        var name = WarningLog.NewLoopName();
        Run(FileAsync, new LoopOptions { FindEscapes = true, Name = name });
        var told = log.Next(6, name);
        Assert.Equal(There + nameof(FileAsync), told[1]);
        Assert.Matches("^it began on the loop and goes on on a thread of the thread pool, resumed by System.IO.File.[A-Za-z]+: what it touches .* Await without ConfigureAwait", (string)told[2]!);
    }

    [Fact]
    public void A_listener_that_throws_or_awaits_disturbs_nobody()
    {
        using var bad = new BadListener();
        Assert.Equal([There + nameof(GenericAsync), There + nameof(TaskAsync)], Escaped(async () =>
        {
            await TaskAsync();
            await GenericAsync(1);
        }));
        Assert.Equal(2, bad.Heard);
    }

    [Fact]
    public void Nothing_listens_before_the_first_loop_that_asks_and_after_the_last()
    {
        var source = EventSource.GetSources().Single(source => source.Name == "System.Threading.Tasks.TplEventSource");
        Run(() =>
        {
            Assert.False(source.IsEnabled());
            return Task.CompletedTask;
        });
        Run(async () =>
        {
            Assert.True(source.IsEnabled());
            await Loop.OffloadAsync(static _ => { EventLoop.Run(_ => TaskAsync(), new LoopOptions { FindEscapes = true }); return 0; }, 0);
            Assert.True(source.IsEnabled());
        }, new LoopOptions { FindEscapes = true });
        Assert.False(source.IsEnabled());
    }

    [Fact]
    public void Nothing_is_remembered_of_a_method_that_has_ended_nor_of_a_loop() => Run(async () =>
    {
        await EventLoop.Yield();
        var outer = EscapeDetector.Remembered; // this method
        var source = new TaskCompletionSource();
        var waiting = WaitAsync(source.Task);
        var failing = FailAsync(source.Task, new InvalidOperationException());
        var cancelled = FailAsync(source.Task, new OperationCanceledException());
        Assert.Equal(outer + 3, EscapeDetector.Remembered);
        source.SetResult();
        await Task.WhenAll(waiting, failing, cancelled).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.Equal(outer, EscapeDetector.Remembered);

        await Loop.OffloadAsync(AbandonOnLoop, new TaskCompletionSource());
        Assert.Equal(outer, EscapeDetector.Remembered);

        static int AbandonOnLoop(TaskCompletionSource never)
        {
            EventLoop.Run(
                token =>
                {
                    var abandoned = WaitAsync(never.Task);
                    Assert.False(abandoned.IsCompleted);
                    return Task.CompletedTask;
                },
                new LoopOptions { FindEscapes = true });
            return 0;
        }
    }, new LoopOptions { FindEscapes = true });

    [Fact]
    public void Without_the_option_nothing_is_told_also_while_another_loop_asks()
    {
        var timeline = new Timeline();
        Run(async () => await Loop.OffloadAsync(t => { EventLoop.Run(_ => TaskAsync(), new LoopOptions { Timeline = t }); return 0; }, timeline), new LoopOptions { FindEscapes = true });
        Assert.Empty(timeline.Events);
    }

    [Fact]
    public void A_loop_that_is_held_is_told_of_by_its_methods_name_all_the_same()
    {
        using var log = new WarningLog();
        var name = WarningLog.NewLoopName();
        Run(HoldAsync, new LoopOptions { FindEscapes = true, Name = name, SlowCallback = TimeSpan.FromMilliseconds(20) });

        async Task HoldAsync()
        {
            await OnPool();
            Assert.EndsWith(nameof(HoldAsync), (string)log.Next(2, name)[1]!);
        }
    }

    private static async Task WaitAsync(Task task) => await task.ConfigureAwait(false);

    private static async Task FailAsync(Task task, Exception exception)
    {
        await task;
        throw exception;
    }

    private static async Task<int> MeetAndLeaveAsync(Meeting meeting)
    {
        await meeting.ArriveAsync();
        await OnPool().ConfigureAwait(false);
        return 0;
    }

    /// <summary>Lets everybody go on when all have come.</summary>
    private sealed class Meeting(int guests)
    {
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _missing = guests;

        public Task ArriveAsync()
        {
            if (Interlocked.Decrement(ref _missing) == 0) _complete.SetResult();
            return _complete.Task;
        }
    }

    private sealed class BadListener : EventListener
    {
        private int _heard;

        public int Heard => _heard;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "Braid") EnableEvents(eventSource, EventLevel.Warning);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventId != 6) return;
            Interlocked.Increment(ref _heard);
            _ = TaskAsync();
            throw new InvalidOperationException("A listener of the program's.");
        }
    }
}
