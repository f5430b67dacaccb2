using System.Reflection;
using System.Runtime.InteropServices;

namespace Braid.Cli.Output;

/// <summary>Where and when was measured: numbers mean nothing without it.</summary>
internal sealed record RunFacts(string Version, DateTimeOffset At, int Cores, string OperatingSystem, string Runtime)
{
    internal bool WasInterrupted { get; init; }

    /// <summary>The report page's path.</summary>
    internal string? Report { get; init; }

    internal static RunFacts OfThisMachine(TimeProvider timeProvider)
    {
        var version = typeof(RunFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        return new RunFacts(version.Split('+')[0], timeProvider.GetUtcNow(), Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);
    }
}
