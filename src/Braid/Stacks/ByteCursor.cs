using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Braid.Stacks;

/// <summary>Reads values off the front of some bytes. Reading past the end throws.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool IsAtEnd => _left.IsEmpty;

    public void Skip(int length) => _left = _left[length..];

    public ByteCursor Take(int length)
    {
        var taken = new ByteCursor(_left[..length]);
        Skip(length);
        return taken;
    }

    public byte Byte()
    {
        var value = _left[0];
        Skip(1);
        return value;
    }

    public int Int32()
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(_left);
        Skip(sizeof(int));
        return value;
    }

    public ulong UInt64()
    {
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_left);
        Skip(sizeof(ulong));
        return value;
    }

    /// <summary>A number of 7 bits a byte, the lowest first.</summary>
    public ulong Variable()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    /// <summary>UTF-16 up to a zero.</summary>
    public string Text()
    {
        var characters = MemoryMarshal.Cast<byte, char>(_left);
        var length = characters.IndexOf('\0');
        if (length < 0) throw new InvalidDataException("the runtime's trace has a text without an end");
        var text = characters[..length].ToString();
        Skip((length + 1) * sizeof(char));
        return text;
    }
}
