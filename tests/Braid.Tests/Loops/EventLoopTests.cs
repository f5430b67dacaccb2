using Xunit;

namespace Braid.Tests.Loops;

public sealed class EventLoopTests : LoopTest
{
    [Fact]
    public void Callbacks_run_first_in_first_out() => Run(async () =>
    {
        var order = new List<int>();
        for (var i = 0; i < 1000; i++) Loop.Post(n => order.Add((int)n!), i);
        await EventLoop.Yield();
        Assert.Equal(Enumerable.Range(0, 1000), order);
    });

    [Fact]
    public void A_callback_added_in_a_turn_runs_in_the_next() => Run(async () =>
    {
        var order = new List<string>();
        var done = new TaskCompletionSource();
        Loop.Post(_ =>
        {
            order.Add("a");
            Loop.Post(_ => { order.Add("a's child"); done.SetResult(); }, null);
        }, null);
        Loop.Post(_ => order.Add("b"), null);
        await done.Task;
        Assert.Equal(["a", "b", "a's child"], order);
    });

    [Fact]
    public void Yield_gives_everything_else_that_is_ready_exactly_one_pass() => Run(async () =>
    {
        var order = new List<string>();
        async Task StepAsync(string name)
        {
            for (var i = 0; i < 3; i++)
            {
                order.Add($"{name}{i}");
                await EventLoop.Yield();
            }
        }

        await Task.WhenAll(StepAsync("a"), StepAsync("b"), StepAsync("c"));
        Assert.Equal(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2"], order);
    });

    [Fact]
    public async Task Yield_off_a_loop_still_yields()
    {
        await EventLoop.Yield();
        Assert.Null(EventLoop.Current);
    }

    [Fact]
    public void Yield_keeps_AsyncLocal_values() => Run(async () =>
    {
        var local = new AsyncLocal<int>();
        async Task CheckAsync(int value)
        {
            local.Value = value;
            for (var i = 0; i < 10; i++)
            {
                await EventLoop.Yield();
                Assert.Equal(value, local.Value);
            }
        }

        await Task.WhenAll(CheckAsync(1), CheckAsync(2), CheckAsync(3));
        Assert.Equal(0, local.Value);
    });

    [Fact]
    public void An_AsyncLocal_set_by_a_posted_callback_is_not_seen_by_the_next() => Run(async () =>
    {
        var local = new AsyncLocal<int>();
        var seen = -1;
        Loop.Post(_ => local.Value = 7, null);
        Loop.Post(_ => seen = local.Value, null);
        await EventLoop.Yield();
        Assert.Equal(0, seen);
    });

    [Fact]
    public void The_result_of_main_is_the_result_of_Run() =>
        OnThread(() => Assert.Equal(42, EventLoop.Run(async _ => { await EventLoop.Yield(); return 42; })));

    [Fact]
    public void Current_is_the_loop_inside_and_null_outside() => OnThread(() =>
    {
        Assert.Null(EventLoop.Current);
        EventLoop.Run(_ => { Assert.NotNull(EventLoop.Current); return Task.CompletedTask; });
        Assert.Null(EventLoop.Current);
        Assert.Null(SynchronizationContext.Current);
    });

    [Fact]
    public void An_exception_of_main_surfaces_unchanged() => OnThread(() =>
    {
        var thrown = new InvalidDataException("mine");
        var caught = Assert.Throws<InvalidDataException>(() => EventLoop.Run(async _ => { await EventLoop.Yield(); throw thrown; }));
        Assert.Same(thrown, caught);
    });

    [Fact]
    public void An_exception_that_main_throws_before_its_first_await_surfaces_unchanged() => OnThread(() =>
    {
        var thrown = new InvalidDataException("mine");
        Assert.Same(thrown, Assert.Throws<InvalidDataException>(() => EventLoop.Run(_ => throw thrown)));
    });

    [Fact]
    public void A_loop_inside_a_running_loop_of_the_same_thread_is_refused() => Run(async () =>
    {
        await EventLoop.Yield();
        var error = Assert.Throws<InvalidOperationException>(() => EventLoop.Run(_ => Task.CompletedTask));
        Assert.Contains("runs an event loop already", error.Message);
    });

    [Fact]
    public void Two_threads_run_two_loops() => Run(async () =>
    {
        var outer = Loop;
        var inner = await Loop.OffloadAsync(_ => EventLoop.Run(_ => Task.FromResult(EventLoop.Current)), 0);
        Assert.NotNull(inner);
        Assert.NotSame(outer, inner);
        Assert.Same(outer, EventLoop.Current);
    });

    [Fact]
    public void The_callers_token_cancels_main() => OnThread(() =>
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => EventLoop.Run(async token =>
        {
            await Loop.OffloadAsync(s => { s.Cancel(); return 0; }, source, CancellationToken.None);
            await Loop.SleepAsync(Timeout.InfiniteTimeSpan, token);
        }, cancellationToken: source.Token));
    });

    [Fact]
    public void A_cancelled_token_keeps_main_from_starting() => OnThread(() =>
    {
        var started = false;
        Assert.ThrowsAny<OperationCanceledException>(() => EventLoop.Run(_ => { started = true; return Task.CompletedTask; }, null, new CancellationToken(true)));
        Assert.False(started);
    });

    [Fact]
    public void An_error_of_a_posted_callback_cancels_main_and_surfaces() => OnThread(() =>
    {
        var thrown = new InvalidDataException("posted");
        var caught = Assert.Throws<InvalidDataException>(() => EventLoop.Run(async token =>
        {
            Loop.Post(_ => throw thrown, null);
            await Loop.SleepAsync(Timeout.InfiniteTimeSpan, token);
        }));
        Assert.Same(thrown, caught);
    });

    [Fact]
    public void Errors_of_several_callbacks_surface_together() => OnThread(() =>
    {
        var error = Assert.Throws<AggregateException>(() => EventLoop.Run(async _ =>
        {
            Loop.Post(_ => throw new InvalidDataException("one"), null);
            Loop.Post(_ => throw new InvalidDataException("two"), null);
            await EventLoop.Yield();
        }));
        Assert.Equal(["one", "two"], error.InnerExceptions.Select(e => e.Message));
    });

    [Fact]
    public void An_error_of_an_async_void_method_surfaces() => OnThread(() =>
        Assert.Throws<InvalidDataException>(() => EventLoop.Run(async token =>
        {
            FailLater();
            await Loop.SleepAsync(Timeout.InfiniteTimeSpan, token);
        })));

    private static async void FailLater()
    {
        await EventLoop.Yield();
        throw new InvalidDataException("async void");
    }

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void Left_over_work_does_not_keep_Run_from_returning(LoopPoller poller)
    {
        Task? sleeping = null, receiving = null;
        Run(async () =>
        {
            async Task SpinAsync()
            {
                while (true) await EventLoop.Yield();
            }

            _ = SpinAsync();
            _ = Task.Delay(TimeSpan.FromDays(1), Loop.TimeProvider);
            sleeping = Loop.SleepAsync(TimeSpan.FromDays(1)).AsTask();
            var (client, _) = await ConnectPairAsync();
            receiving = client.ReceiveAsync(new byte[1]).AsTask();
            _ = LoopListener.Bind(FreeEndPoint(unix: false)).AcceptAsync().AsTask();
        }, poller);
        Assert.True(sleeping!.IsCanceled);
        Assert.IsType<ObjectDisposedException>(receiving!.Exception!.InnerException);
    }

    [Fact]
    public void A_left_over_task_gets_to_run_its_finally_block()
    {
        var cleaned = false;
        Run(() =>
        {
            async Task WaitAsync()
            {
                try
                {
                    await Loop.SleepAsync(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    await EventLoop.Yield();
                    cleaned = true;
                }
            }

            _ = WaitAsync();
            return Task.CompletedTask;
        });
        Assert.True(cleaned);
    }

    [Fact]
    public void Post_to_a_loop_that_has_ended_is_refused()
    {
        EventLoop? loop = null;
        Run(() => { loop = Loop; return Task.CompletedTask; });
        Assert.Throws<ObjectDisposedException>(() => loop!.Post(_ => { }, null));
        Assert.Throws<ObjectDisposedException>(() => loop!.TimeProvider.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void A_loop_that_runs_until_stopped_runs_what_was_posted_before_and_ends()
    {
        var order = new List<int>();
        OnThread(() =>
        {
            var loop = new EventLoop(new LoopOptions());
            loop.Post(_ => order.Add(1), null);
            loop.Stop();
            loop.Post(_ => loop.Post(_ => order.Add(3), null), null);
            loop.Post(_ => order.Add(2), null);
            loop.RunUntilStopped();
        });
        Assert.Equal([1, 2, 3], order);
    }

    [Theory, MemberData(nameof(PollersAndMemory))]
    public void Stop_from_another_thread_ends_a_sleeping_loop(LoopPoller poller)
    {
        var loop = new EventLoop(Options(poller));
        var thread = new Thread(loop.RunUntilStopped) { IsBackground = true };
        thread.Start();
        using var ran = new ManualResetEventSlim();
        loop.Post(_ => ran.Set(), null);
        Assert.True(ran.Wait(Bound, TestContext.Current.CancellationToken));
        loop.Stop();
        Assert.True(thread.Join(Bound));
    }
}
