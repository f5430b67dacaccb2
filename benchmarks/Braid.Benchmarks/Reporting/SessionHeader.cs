using System.Text;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Reporting;

/// <summary>What stands above the tables.</summary>
internal static class SessionHeader
{
    internal static string Markdown(Machine machine, SessionOptions options)
    {
        var text = new StringBuilder();
        text.Append(options.IsQuick ? "# Benchmarks, quick run: the figures mean nothing\n\n" : "# Benchmarks\n\n");
        Fact(text, "Date", $"{machine.Date:yyyy-MM-dd HH:mm} UTC");
        Fact(text, "Commit", machine.IsDirty ? $"{machine.Commit}, **with uncommitted changes**" : machine.Commit);
        Fact(text, "Machine", $"{machine.Processor}, {machine.Cores} cores, {machine.Memory}");
        Fact(text, "System", $"{machine.System}, {machine.Kernel}");
        Fact(text, ".NET", $"SDK {machine.Sdk}, runtime {Environment.Version}");
        foreach (var runtime in PeerRuntime.All) Fact(text, runtime.Name, runtime.Version ?? "not installed");
        Fact(text, "Rounds", $"{options.Rounds}, entrants in turns, each measurement in a process of its own");
        text.Append(
            "\nThe columns \"… is ×\" say how many times as good as the row ours is: ratio of the medians, and in parentheses the median of the rounds' ratios.\n"
            + "Above 1 we are ahead. Differences under 25 % mean nothing, those of round trips under a factor of 2. See `benchmarks/README.md`.\n\n");
        return text.ToString();
    }

    private static void Fact(StringBuilder text, string name, string value) => text.Append($"- {name}: {value}\n");
}
