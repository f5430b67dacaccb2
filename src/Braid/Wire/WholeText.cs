using System.Buffers;
using System.Text.Encodings.Web;

namespace Braid.Wire;

/// <summary>
/// JSON's text, written with as few escapes as JSON allows: it is never part of a page. Half a surrogate pair is refused; the encoder of
/// .NET would replace it in silence. Text that needs no escape, nearly all, costs nothing more.
/// </summary>
internal sealed class WholeText : JavaScriptEncoder
{
    internal static readonly WholeText Encoder = new();

    private static readonly JavaScriptEncoder Inner = UnsafeRelaxedJsonEscaping;

    public override int MaxOutputCharactersPerInputCharacter => Inner.MaxOutputCharactersPerInputCharacter;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        int first = Inner.FindFirstCharacterToEncode(text, textLength);
        if (first < 0) return first;

        // From the first that needs an escape on: before it there are no surrogates.
        if (TextFormat.HasLoneSurrogate(new ReadOnlySpan<char>(text + first, textLength - first)))
            throw new WorkNotPortableException("A text within a JSON value has half a surrogate pair, which JSON cannot hold. Only an argument or result that is itself a string, or an array of char, can have one.");
        return first;
    }

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) => Inner.FindFirstCharacterToEncodeUtf8(utf8Text);

    public override OperationStatus Encode(ReadOnlySpan<char> source, Span<char> destination, out int charsConsumed, out int charsWritten, bool isFinalBlock = true) =>
        Inner.Encode(source, destination, out charsConsumed, out charsWritten, isFinalBlock);

    public override OperationStatus EncodeUtf8(ReadOnlySpan<byte> utf8Source, Span<byte> utf8Destination, out int bytesConsumed, out int bytesWritten, bool isFinalBlock = true) =>
        Inner.EncodeUtf8(utf8Source, utf8Destination, out bytesConsumed, out bytesWritten, isFinalBlock);

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        Inner.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);

    public override bool WillEncode(int unicodeScalar) => Inner.WillEncode(unicodeScalar);
}
