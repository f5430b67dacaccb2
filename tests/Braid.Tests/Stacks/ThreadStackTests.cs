using Braid.Stacks;
using Xunit;

namespace Braid.Tests.Stacks;

public sealed class ThreadStackTests
{
    [Fact]
    public void The_stack_of_a_thread_that_waits_names_its_methods_innermost_first() => WithThread(Block, waits: true, stack =>
    {
        // What .NET generates on its way into native code has no name; on a busy machine what started the thread may have none either.
        stack.RemoveAll(frame => frame.StartsWith("0x", StringComparison.Ordinal));

        // The JIT may have made one method of Block and the lambda that calls it.
        int block = stack.FindIndex(frame => frame.StartsWith("Braid.Tests.Stacks.ThreadStackTests.", StringComparison.Ordinal));
        Assert.True(block > 0, string.Join('\n', stack));
        Assert.StartsWith("System.Threading.", stack[block - 1], StringComparison.Ordinal);
    });

    [Fact]
    public void The_stack_of_a_thread_that_computes_is_found_too() => WithThread(Compute, waits: false, stack => Assert.Contains("Braid.Tests.Stacks.ThreadStackTests.Compute", stack));

    [Fact]
    public void A_thread_without_a_number_has_no_stack_and_a_reason()
    {
        Assert.Null(ThreadStack.Take(0, () => true, out string? whyNot));
        Assert.Equal("this system does not number its threads", whyNot);
    }

    [Fact]
    public void A_stack_that_has_changed_meanwhile_is_not_given_out()
    {
        Assert.Null(ThreadStack.Take(ThreadNumber.Current(), () => false, out string? whyNot));
        Assert.Equal("it ended while its stack was being taken", whyNot);
    }

    [Fact]
    public void A_stream_that_is_no_trace_is_refused()
    {
        var reader = new TraceReader(new MemoryStream(new byte[100]), threadId: 1, longest: 1000);
        Assert.Throws<InvalidDataException>(reader.Read);
    }

    [Fact]
    public void A_trace_that_is_too_long_is_given_up()
    {
        var reader = new TraceReader(new MemoryStream("Nettrace"u8.ToArray()), threadId: 1, longest: 7);
        Assert.Throws<InvalidDataException>(reader.Read);
    }

    [Theory]
    [InlineData("Shop", "Sell", "Shop.Sell")]
    [InlineData("Town.Shop+Shelf", ".ctor", "Town.Shop.Shelf..ctor")]
    [InlineData("Town.Shop+<SellAsync>d__3", "MoveNext", "Town.Shop.SellAsync")]
    [InlineData("Town.Shop+<SellAsync>d__3`1[System.__Canon]", "MoveNext", "Town.Shop.SellAsync")]
    [InlineData("Town.Shelf`1[System.Int32]", "Add", "Town.Shelf.Add")]
    [InlineData("Program+<>c__DisplayClass0_0", "<<Main>$>b__2", "Program.Main (lambda)")]
    [InlineData("Program", "<<Main>$>g__Serve|0_1", "Program.Serve")]
    [InlineData("Program+<<<Main>$>g__ServeAsync|0_1>d", "MoveNext", "Program.ServeAsync")]
    [InlineData("Program+<>c+<<<Main>$>b__0_0>d", "MoveNext", "Program.Main (lambda)")]
    public void Methods_are_called_what_the_source_calls_them(string type, string method, string name) => Assert.Equal(name, MethodName.Of(type, method));

    private static void WithThread(Action<ManualResetEventSlim> body, bool waits, Action<List<string>> check)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var end = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        long number = 0;
        var thread = new Thread(() =>
        {
            number = ThreadNumber.Current();
            begun.Set();
            body(end);
        })
        { IsBackground = true };
        thread.Start();
        begun.Wait(TestContext.Current.CancellationToken);
        while (waits && !thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)) Thread.Yield();

        // It may not have got to its place, and a busy machine may keep the profiler from looking in time.
        List<string> stack = [];
        string? whyNot = null;
        for (int round = 0; round < 20 && !stack.Exists(frame => frame.Contains(nameof(ThreadStackTests), StringComparison.Ordinal) && !frame.Contains("lambda", StringComparison.Ordinal)); round++)
            stack = ThreadStack.Take(number, () => true, out whyNot)?.ToList() ?? [];
        end.Set();
        thread.Join();
        Assert.True(stack.Count > 0, whyNot);
        check(stack);
    }

    private static void Block(ManualResetEventSlim end) => end.Wait();

    private static void Compute(ManualResetEventSlim end)
    {
        while (!end.IsSet)
        {
        }
    }
}
