namespace Braid.Benchmarks.Measuring;

/// <summary>The measurement cannot be made here; the message says why.</summary>
internal sealed class SkipException(string reason) : Exception(reason)
{
    /// <summary>What a measuring program exits with, in any language, when it skips itself; the reason is its last line on standard error.</summary>
    internal const int ExitCode = 77;
}
