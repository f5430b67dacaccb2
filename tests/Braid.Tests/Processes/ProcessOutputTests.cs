using System.Diagnostics;
using System.Text;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>They change the process's console, so they do not run beside others.</summary>
[CollectionDefinition("Console", DisableParallelization = true)]
public sealed class ConsoleCollection;

[Collection("Console")]
public sealed class ProcessOutputTests : ProcessTest
{
    [Fact]
    public async Task What_work_prints_arrives_line_by_line_with_the_workers_number()
    {
        var (output, errors) = (new Lines(), new Lines());
        var (oldOutput, oldErrors) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(errors);
        try
        {
            var executor = Make();
            Assert.Equal(5, await Soon(Run(executor, Works.Print, "hello")));
            Assert.Equal(7, await Soon(Run(executor, Works.Print, "a\n\nbö\nc")));
            await Until(() => output.Text.Contains("[worker 0] hello\n[worker 0] a\n[worker 0] \n[worker 0] bö\n[worker 0] c\n", StringComparison.Ordinal), "the output is here");
            await Until(() => errors.Text.Contains("[worker 0] error hello\n", StringComparison.Ordinal), "the errors are here");
        }
        finally
        {
            Console.SetOut(oldOutput);
            Console.SetError(oldErrors);
        }
    }

    [Fact]
    public async Task Much_output_neither_blocks_the_worker_nor_disturbs_the_protocol()
    {
        var old = Console.Out;
        Console.SetOut(TextWriter.Null);
        try
        {
            var executor = Make();
            Assert.Equal(20_000, await Soon(Run(executor, Works.PrintMuch, 20_000)));
            Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        }
        finally
        {
            Console.SetOut(old);
        }
    }

    private sealed class Lines : TextWriter
    {
        // Guards itself.
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        internal string Text
        {
            get
            {
                lock (_text) return _text.ToString();
            }
        }

        public override void WriteLine(string? value)
        {
            lock (_text) _text.Append(value).Append('\n');
        }
    }
}

public sealed class ProcessTraceTests : ProcessTest
{
    [Fact]
    public async Task The_callers_trace_reaches_the_work()
    {
        var executor = Make();
        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C);
        activity.TraceStateString = "a=b";
        activity.Start();
        string expected = $"{activity.TraceId} {activity.SpanId} a=b";
        Assert.Equal(expected, await Soon(Run(executor, Works.Trace, 0)));

        var traces = new List<string?>();
        await foreach (string? trace in executor.MapAsync([1, 2, 3], Work.Of<int, string?>(Works.Trace))) traces.Add(trace);
        Assert.All(traces, t => Assert.Equal(expected, t));
        activity.Stop();
        Assert.Null(await Soon(Run(executor, Works.Trace, 0)));
    }
}

public sealed class ProcessEnvironmentTests : ProcessTest
{
    [Fact]
    public async Task Variables_are_set_in_the_worker_and_ours_are_gone()
    {
        var executor = Make(variables: new Dictionary<string, string?> { ["COLOUR"] = "green", ["HOME"] = null, ["BRAIDED"] = "x" });
        Assert.Equal("green", await Soon(Run(executor, Works.Variable, "COLOUR")));
        Assert.Null(await Soon(Run(executor, Works.Variable, "HOME")));
        Assert.Equal("", await Soon(Run(executor, Works.Variables, "BRAID_")));
        Assert.Null(await Soon(Run(executor, Works.Variable, "DOTNET_STARTUP_HOOKS")));
        Assert.Equal("0", await Soon(Run(executor, Works.Variable, "DOTNET_gcServer")));
    }

    [Fact]
    public async Task What_an_item_leaves_in_its_context_does_not_reach_the_next()
    {
        var executor = Make();
        Assert.Null(await Soon(Run(executor, Works.Swap, "first")));
        Assert.Null(await Soon(Run(executor, Works.Swap, "second")));
    }

    [Fact]
    public async Task Control_C_does_not_reach_the_work()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends a signal.");
        var executor = Make();
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        var running = Soon(Run(executor, Works.Sleep, 200));
        await UntilStarted(2);
        using (var kill = Process.Start("kill", ["-INT", pid.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(200, await running);
        Assert.Equal(pid, await Soon(Run(executor, Works.ProcessId, 0)));
    }

    [Fact]
    public async Task Profilers_of_the_parent_do_not_follow_into_workers()
    {
        var start = WorkerCommandOf(new() { EnvironmentVariables = new Dictionary<string, string?> { ["DOTNET_STARTUP_HOOKS"] = "/users/own.dll" } });
        Assert.DoesNotContain(start.Environment.Keys, k => k.StartsWith("CORECLR_", StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith($"/users/own.dll{Path.PathSeparator}", start.Environment["DOTNET_STARTUP_HOOKS"]);
        Assert.DoesNotContain("secret", string.Join(' ', start.ArgumentList));
        await Task.CompletedTask;

        static ProcessStartInfo WorkerCommandOf(ProcessOptions options)
        {
            Environment.SetEnvironmentVariable("CORECLR_ENABLE_PROFILING", "1");
            try
            {
                return Braid.Processes.WorkerCommand.Create(options, new(0, 1, "/socket", "secret"));
            }
            finally
            {
                Environment.SetEnvironmentVariable("CORECLR_ENABLE_PROFILING", null);
            }
        }
    }
}
