using System.Runtime.Versioning;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>Programs that tests on a loop start and talk to.</summary>
[UnsupportedOSPlatform("windows")]
public abstract class LoopProcessTest : LoopTest
{
    protected static readonly LoopProcessOptions Piped = new()
    {
        StandardInput = LoopProcessStream.Piped,
        StandardOutput = LoopProcessStream.Piped,
        StandardError = LoopProcessStream.Piped,
    };

    protected LoopProcessTest() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs that these tests start are those of a Unix system.");

    protected static ValueTask<LoopProcess> Shell(string script) => LoopProcess.StartAsync("sh", ["-c", script], Piped);
}
