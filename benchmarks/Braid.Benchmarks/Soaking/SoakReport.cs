using System.Text;
using Braid.Benchmarks.Reporting;

namespace Braid.Benchmarks.Soaking;

/// <summary>The verdict, and what it rests on.</summary>
internal static class SoakReport
{
    // At rest the same is open as before; what remains is the runtime's: a thread of its own here and there, and room that its collector keeps.
    private const int MoreFiles = 2;
    private const int MoreThreads = 4;
    private const double MoreHeapMebibytes = 4;
    private const double MorePrivateMebibytes = 48;

    /// <summary>What has grown, as sentences; none: nothing has.</summary>
    internal static IReadOnlyList<string> Growth(SoakState begin, SoakState end)
    {
        var growth = new List<string>();
        Check("files", begin.Files, end.Files, MoreFiles);
        Check("threads", begin.Threads, end.Threads, MoreThreads);
        Check("tasks", begin.Tasks, end.Tasks, 0);
        Check("MiB of heap", begin.HeapMebibytes, end.HeapMebibytes, MoreHeapMebibytes);
        Check("private MiB", begin.PrivateMebibytes, end.PrivateMebibytes, MorePrivateMebibytes);
        if (end.Open != 0) growth.Add($"{end.Open} connections are open at rest.");
        return growth;

        void Check(string what, double before, double after, double bound)
        {
            if (after > before + bound) growth.Add($"{what}: {Format.Number(before)} before, {Format.Number(after)} after; more than {bound} more.");
        }
    }

    internal static string Markdown(SoakOptions options, Machine machine, IReadOnlyList<SoakState> atRest, IReadOnlyList<SoakState> series, SoakTally tally)
    {
        var text = new StringBuilder("# Soak\n\n");
        Line($"- Date: {machine.Date:yyyy-MM-dd HH:mm} UTC");
        Line($"- Commit: {machine.Commit}{(machine.IsDirty ? ", **with uncommitted changes**" : "")}");
        Line($"- Machine: {machine.Processor}, {machine.Cores} cores, {machine.Memory}; {machine.System}, {machine.Kernel}");
        Line($"- {options.Time.TotalMinutes:0.##} minutes, {options.Connections:N0} clients, poller {options.Poller}, {options.Loops} loops a port, seed {options.Seed}\n");
        var problems = tally.Failures.Concat(Growth(atRest[0], atRest[1])).ToList();
        Line(problems.Count == 0 ? "**Passed**: ends where it began, and every byte was right.\n" : "**Failed**:\n");
        foreach (string problem in problems) Line($"- {problem.ReplaceLineEndings(" · ")}");
        Line("## At rest\n\nAfter a full collection, with no client: before, and after. The bounds: "
            + $"{MoreFiles} files, {MoreThreads} threads without the pool's, {MoreHeapMebibytes} MiB of heap, {MorePrivateMebibytes} private MiB more; no task, no connection.\n");
        Table(atRest);
        foreach (var state in atRest) Line($"Files at {state.At.TotalSeconds:0} s: {state.Kinds}.\n");
        Line("## Meanwhile\n");
        Table(series);
        Line("## What happened\n");
        foreach (var (what, times) in tally.Counts) Line($"- {what}: {times:N0}");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        void Table(IEnumerable<SoakState> states)
        {
            Line("| s | private MiB | heap MiB | files | threads | tasks | open connections | conversations |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
            foreach (var state in states)
                Line($"| {state.At.TotalSeconds:0} | {state.PrivateMebibytes:0.0} | {state.HeapMebibytes:0.0} | {state.Files} | {state.Threads} | {state.Tasks} | {state.Open} | {state.Events:N0} |");
            Line("");
        }
    }
}
