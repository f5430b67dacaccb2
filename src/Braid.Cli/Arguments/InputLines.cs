namespace Braid.Cli.Arguments;

/// <summary>Collects the items' arguments from the command line, a file or standard input.</summary>
internal static class InputLines
{
    internal const string StandardInput = "-";

    /// <summary>The values of --input and the lines of --inputs, in this order. Empty lines are no items.</summary>
    internal static async Task<IReadOnlyList<InputLine>> ReadAsync(
        IReadOnlyList<string> values, string? file, TextReader standardInput, CancellationToken cancellationToken)
    {
        var lines = values.Select(static (text, index) => new InputLine(text, $"--input {index + 1}")).ToList();
        if (file == StandardInput) await AddAsync(lines, standardInput, "standard input", cancellationToken);
        else if (file is not null) await AddFileAsync(lines, file, cancellationToken);
        return lines;
    }

    private static async Task AddFileAsync(List<InputLine> lines, string file, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = new StreamReader(file);
            await AddAsync(lines, reader, file, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--inputs {file}: {exception.Message} Give a text file with one argument a line, or - for standard input.", exception);
        }
    }

    private static async Task AddAsync(List<InputLine> lines, TextReader reader, string name, CancellationToken cancellationToken)
    {
        var before = lines.Count;
        for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            // A reader of a file takes the mark of its encoding away, that of the console does not.
            string text = number == 1 ? line.TrimStart('\uFEFF') : line;
            if (!string.IsNullOrWhiteSpace(text)) lines.Add(new InputLine(text, $"{name}({number})"));
        }

        if (lines.Count == before) throw new InputException($"{name} has no items: every line is empty. Write one argument a line.");
    }
}
