using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessInitializerTests : ProcessTest
{
    private static int _runs;
    private static string _seen = "";

    [Fact]
    public async Task The_initializer_runs_once_in_each_worker_before_any_item()
    {
        var executor = Make(new ProcessOptions { Workers = 1, Initializer = Prepare, EnvironmentVariables = new Dictionary<string, string?> { ["COLOUR"] = "green" } });
        Assert.Equal("1 green", await Soon(Run(executor, Seen, 0)));
        Assert.Equal("1 green", await Soon(Run(executor, Seen, 0)));
        await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, Works.End, "exit")));
        Assert.Equal("1 green", await Soon(Run(executor, Seen, 0)));
    }

    [Fact]
    public async Task An_initializer_may_be_a_lambda_or_a_local_function_that_captures_nothing()
    {
        Assert.Equal("0 lambda", await Soon(Run(Make(new ProcessOptions { Initializer = () => _seen = "lambda" }), Seen, 0)));
        Assert.Equal("0 local", await Soon(Run(Make(new ProcessOptions { Initializer = Local }), Seen, 0)));
        Assert.Equal("", _seen);

        static void Local() => _seen = "local";
    }

    [Fact]
    public async Task Pending_and_later_items_fail_with_what_the_initializer_threw()
    {
        var executor = Make(new ProcessOptions { Workers = 2, Initializer = Fail });
        var pending = Enumerable.Range(0, 5).Select(i => Soon(Run(executor, Works.AddOne, i))).ToArray();
        foreach (var item in pending) Check(await Assert.ThrowsAsync<InitializerException>(() => item));
        Check(await Assert.ThrowsAsync<InitializerException>(() => Soon(Run(executor, Works.AddOne, 1))));

        var outcomes = new List<Outcome<int, int>>();
        await foreach (var outcome in executor.OutcomesAsync([1, 2], Work.Of<int, int>(Works.AddOne), new() { MaxAttempts = 3 })) outcomes.Add(outcome);
        Assert.All(outcomes, outcome => Check(Assert.IsType<InitializerException>(outcome.Exception)));
        Assert.DoesNotContain(Timeline.Events, e => e.Phase is TracePhase.WorkerStarted or TracePhase.Started);
        await executor.DisposeAsync().AsTask().WaitAsync(Limit);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Soon(Run(executor, Works.AddOne, 1)));

        static void Check(InitializerException error)
        {
            Assert.Contains("'ProcessInitializerTests.Fail' failed in worker", error.Message);
            Assert.Contains("'Works.AddOne' cannot run: InvalidDataException: no model here", error.Message);
            Assert.Equal("no model here", Assert.IsType<InvalidDataException>(error.InnerException).Message);
            Assert.Contains("ProcessInitializerTests.Fail", error.InnerException!.StackTrace);
        }
    }

    [Fact]
    public async Task What_the_initializer_threw_is_text_where_it_cannot_be_rebuilt()
    {
        var executor = Make(new ProcessOptions { Initializer = static () => throw new OrderException(5, "is late") });
        var error = await Assert.ThrowsAsync<InitializerException>(() => Soon(Run(executor, Works.AddOne, 1)));
        Assert.Equal(typeof(OrderException).FullName, Assert.IsType<RemoteWorkException>(error.InnerException).ErrorType);
    }

    [Fact]
    public async Task A_worker_that_ends_in_its_initializer_could_not_be_started()
    {
        var executor = Make(new ProcessOptions { Workers = 1, Initializer = static () => Environment.Exit(9) });
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, Works.AddOne, 1)));
        Assert.Contains("it ended while it ran its initializer 'lambda'", error.Message);
        Assert.Equal(9, error.ExitCode);
    }

    [Fact]
    public void An_initializer_that_another_process_cannot_run_is_refused_at_construction()
    {
        int port = Environment.ProcessId;
        var error = Assert.Throws<WorkNotPortableException>(() => new ProcessExecutor(new() { Initializer = () => _runs = port }));
        Assert.Contains("Initializer", error.Message);
        Assert.Contains("the variable 'port'", error.Message);
        Assert.Contains("'this' of type ProcessInitializerTests", Assert.Throws<WorkNotPortableException>(() => new ProcessExecutor(new() { Initializer = Own })).Message);
    }

    [Fact]
    public void An_async_initializer_is_refused_because_nobody_could_wait_for_it()
    {
        var error = Assert.Throws<ArgumentException>(() => new ProcessExecutor(new() { Initializer = async () => await Task.Yield() }));
        Assert.Equal("Initializer", error.ParamName);
    }

    private static void Prepare()
    {
        _runs++;
        _seen = Environment.GetEnvironmentVariable("COLOUR") ?? "";
    }

    private static void Fail() => throw new InvalidDataException("no model here");

    private static string Seen(int ignored) => $"{_runs} {_seen}";

    private void Own() => Assert.NotNull(Timeline);
}
