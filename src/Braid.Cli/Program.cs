using System.CommandLine;
using System.Runtime.InteropServices;
using Braid.Cli.Commands;
using Braid.Cli.WorkLoader;

namespace Braid.Cli;

/// <summary>The command-line tool <c>braid</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var terminal = Terminal.OfConsole();
        using var interruption = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Interrupt(signal, interruption, terminal));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Interrupt(signal, interruption, terminal));
        return await RunAsync(args, terminal, interruption.Token);
    }

    /// <summary>The whole tool, without a process of its own.</summary>
    internal static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        var root = new RootCommand("Runs the same work on threads, in worker processes and on an event loop, and says which form fits it.")
        {
            CompareCommand.Create(terminal),
        };
        HelpExamples.AddTo(root, "braid compare", "braid compare primes", "braid compare Work.cs:Square --input 3 --input 4", "braid compare --help");

        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0) return await RefuseAsync(parsed, terminal);

        try
        {
            // Signals are this program's own affair: what was measured before Ctrl-C is still written, however long that takes.
            var configuration = new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (InputException exception)
        {
            await terminal.Error.WriteLineAsync($"braid: {exception.Message}");
            return ExitCode.BadInput;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync("braid: interrupted before anything was measured.");
            return ExitCode.Interrupted;
        }
    }

    private static async Task<int> RefuseAsync(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand && parsed.UnmatchedTokens is [var typed, ..])
        {
            var near = NearNames.Of(typed, command.Subcommands.Select(static c => c.Name));
            await terminal.Error.WriteLineAsync($"braid: there is no command '{typed}'.{(near.Count > 0 ? $" Did you mean {near[0]}?" : "")}");
        }
        else
        {
            foreach (var error in parsed.Errors) await terminal.Error.WriteLineAsync($"braid: {error.Message}");
        }

        await terminal.Error.WriteLineAsync($"See braid {(command is RootCommand ? "" : $"{command.Name} ")}--help.");
        return ExitCode.BadInput;
    }

    /// <summary>The first signal ends the run and what was measured is written; the second ends the program at once.</summary>
    private static void Interrupt(PosixSignalContext signal, CancellationTokenSource interruption, Terminal terminal)
    {
        if (interruption.IsCancellationRequested) return;
        signal.Cancel = true;
        if (terminal.ErrorIsTerminal) terminal.Error.WriteLine("\nbraid: stopping, and writing what was measured; Ctrl-C again ends at once.");
        interruption.Cancel();
    }
}
