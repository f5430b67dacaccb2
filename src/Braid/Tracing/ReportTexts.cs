namespace Braid.Tracing;

/// <summary>The texts of one timeline, each once, so that a thousand items of one name hold it as a small number.</summary>
internal sealed class ReportTexts
{
    private const int LongestText = 240;
    private const int LongestTextWhenFull = 40;

    // Bytes. Two thousand different arguments of full length would be most of the page's 5 MB; after this many they are cut shorter.
    private const int Budget = 300_000;

    // What JSON's safe encoder makes of a character outside ASCII: \u and four digits.
    private const int EscapedBytes = 6;

    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<string> _texts = [""];
    private int _spent;

    /// <summary>In the order of their numbers; number 0 is the empty text.</summary>
    internal IReadOnlyList<string> All => _texts;

    /// <summary>The number of a text, which is cut if it is long.</summary>
    internal int IndexOf(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        var cut = Cut(text, _spent < Budget ? LongestText : LongestTextWhenFull);
        if (_indexes.TryGetValue(cut, out var index)) return index;
        _indexes[cut] = _texts.Count;
        _texts.Add(cut);
        foreach (var character in cut) _spent += char.IsAscii(character) ? 1 : EscapedBytes;
        return _texts.Count - 1;
    }

    /// <summary>At most so many characters, "…" for the rest, never half a surrogate pair.</summary>
    internal static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        var end = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
