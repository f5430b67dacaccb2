namespace Braid.Cli;

/// <summary>What the tool tells the shell.</summary>
internal static class ExitCode
{
    internal const int Success = 0;

    /// <summary>The comparison ran, but an item failed or two engines gave different results.</summary>
    internal const int ItemsFailed = 1;

    /// <summary>Nothing was run: the command line, an input or the work itself is not usable.</summary>
    internal const int BadInput = 2;

    /// <summary>Ended by Ctrl-C: 128 and the number of the signal, as shells expect.</summary>
    internal const int Interrupted = 130;
}
