namespace Braid.Cli.Output;

/// <summary>Folds text at words.</summary>
internal static class TextLines
{
    internal static IEnumerable<string> Fold(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
