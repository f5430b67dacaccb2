using System.Buffers.Binary;
using System.Text;

namespace Braid.Stacks;

/// <summary>Reads a "nettrace" stream, version 4: the stacks of one thread, and the names of the runtime's methods.</summary>
/// <remarks>
/// <code>
///   "Nettrace" · "!FastSerialization.1" · objects … · null
///   object:  begin · type (begin · null · version · version · name · end) · body · end
///   bodies:  Trace: 48 bytes.   All others: length · padding to 4 · a block
///   blocks:  MetadataBlock, EventBlock: header · events;   StackBlock: first number · count · (length · addresses) …
/// </code>
/// Only what is needed is looked at; other blocks and events are passed over. The format is part of .NET's published documentation.
/// </remarks>
internal sealed class TraceReader(Stream stream, long threadId, long longest)
{
    /// <summary>The provider whose events are the samples.</summary>
    public const string Sampler = "Microsoft-DotNETCore-SampleProfiler";

    private const byte NullTag = 1;
    private const byte BeginTag = 5;
    private const byte EndTag = 6;
    private const int TraceLength = 48;
    private const string Names = "Microsoft-Windows-DotNETRuntimeRundown";
    private const int MethodEnded = 144; // MethodDCEndVerbose: one for each method that has code

    private readonly Dictionary<int, EventType> _types = [];
    private readonly Dictionary<int, ulong[]> _stacks = [];
    private long _position;

    private enum EventType
    {
        Other,
        Sample,
        Method,
    }

    /// <summary>The number of the thread's last stack; 0: none was seen.</summary>
    public int LastStack { get; private set; }

    /// <summary>The runtime's methods and where their code lies.</summary>
    public List<MethodCode> Methods { get; } = [];

    /// <summary>The addresses of a stack, innermost first.</summary>
    public ReadOnlySpan<ulong> Addresses(int stack) => _stacks.GetValueOrDefault(stack);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="InvalidDataException">It is no such stream, or longer than allowed.</exception>
    public void Read()
    {
        if (!Take(8).SequenceEqual("Nettrace"u8) || !Take(TakeInt32()).SequenceEqual("!FastSerialization.1"u8)) throw new InvalidDataException("the runtime's trace has an unknown format");
        while (Take(1)[0] == BeginTag) ReadObject();
    }

    private void ReadObject()
    {
        Expect(BeginTag);
        Expect(NullTag);
        Take(8); // the version, and the version of a reader that it needs
        var name = Encoding.UTF8.GetString(Take(TakeInt32()));
        Expect(EndTag);
        if (name == "Trace")
        {
            Take(TraceLength);
        }
        else
        {
            var length = TakeInt32();
            Take((int)(-_position & 3));
            ReadBlock(name, Take(length));
        }

        Expect(EndTag);
    }

    private void ReadBlock(string name, byte[] block)
    {
        switch (name)
        {
            case "MetadataBlock":
            case "EventBlock":
                ReadEvents(block);
                break;
            case "StackBlock":
                ReadStacks(block);
                break;
        }
    }

    private void ReadStacks(ReadOnlySpan<byte> block)
    {
        var id = BinaryPrimitives.ReadInt32LittleEndian(block);
        var count = BinaryPrimitives.ReadInt32LittleEndian(block[4..]);
        block = block[8..];
        for (; count > 0; count--, id++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(block);
            var addresses = new ulong[length / IntPtr.Size];
            for (var i = 0; i < addresses.Length; i++) addresses[i] = ReadAddress(block[(4 + i * IntPtr.Size)..]);
            _stacks[id] = addresses;
            block = block[(4 + length)..];
        }
    }

    private static ulong ReadAddress(ReadOnlySpan<byte> bytes) =>
        IntPtr.Size == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    // An event's header says only what differs from the event before.
    private void ReadEvents(byte[] block)
    {
        var bytes = new ByteCursor(block);
        bytes.Skip(BinaryPrimitives.ReadInt16LittleEndian(block));
        var header = default(EventHeader);
        while (!bytes.IsAtEnd)
        {
            header.Read(ref bytes);
            ReadEvent(header, bytes.Take(header.Length));
        }
    }

    private void ReadEvent(in EventHeader header, ByteCursor payload)
    {
        if (header.Type == 0)
        {
            var number = payload.Int32();
            var provider = payload.Text();
            var id = payload.Int32();
            _types[number] = provider == Sampler ? EventType.Sample : provider == Names && id == MethodEnded ? EventType.Method : EventType.Other;
            return;
        }

        switch (_types.GetValueOrDefault(header.Type))
        {
            case EventType.Sample when header.Thread == threadId:
                LastStack = header.Stack;
                break;
            case EventType.Method:
                payload.Skip(16); // the method's and its module's number
                var start = payload.UInt64();
                var size = (uint)payload.Int32();
                payload.Skip(8); // token and flags
                Methods.Add(new MethodCode(start, size, payload.Text(), payload.Text()));
                break;
        }
    }

    private void Expect(byte tag)
    {
        if (Take(1)[0] != tag) throw new InvalidDataException("the runtime's trace has an unknown format");
    }

    private int TakeInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private byte[] Take(int length)
    {
        _position += length;
        if (length < 0 || _position > longest) throw new InvalidDataException("the runtime's trace is too long");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
