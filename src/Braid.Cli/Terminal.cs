namespace Braid.Cli;

/// <summary>Where a command reads and writes. Passed in, so that tests need neither a process nor a console.</summary>
internal sealed record Terminal(TextWriter Output, TextWriter Error, TextReader Input)
{
    // Wide enough for the widest table: what is piped into a file is not folded.
    private const int WidthWithoutTerminal = 160;

    /// <summary>True when people watch standard output.</summary>
    internal bool OutputIsTerminal { get; init; }

    /// <summary>True when people watch standard error: only then is progress shown.</summary>
    internal bool ErrorIsTerminal { get; init; }

    /// <summary>True when this is the process' own console, which code besides ours writes to as well.</summary>
    internal bool IsConsole { get; init; }

    internal int Width { get; init; } = WidthWithoutTerminal;

    /// <summary>The NO_COLOR convention: set to anything but nothing, it asks every program to write without colours.</summary>
    internal bool NoColor { get; init; }

    internal static Terminal OfConsole() => new(Console.Out, Console.Error, Console.In)
    {
        IsConsole = true,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Width = Console.IsOutputRedirected ? WidthWithoutTerminal : Math.Max(60, Console.WindowWidth),
        NoColor = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
    };
}
