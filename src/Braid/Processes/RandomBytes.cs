using System.Security.Cryptography;

namespace Braid.Processes;

/// <summary>Random bytes that nobody can guess.</summary>
internal static class RandomBytes
{
    private const string Digits = "0123456789abcdef";

    /// <summary>So many bytes from the kernel's generator.</summary>
    internal static byte[] Make(int count)
    {
        byte[] bytes = new byte[count];

        // The same generator that .NET asks, but without the cryptographic library, which takes 5 ms to load.
        if (!OperatingSystem.IsLinux() || Libc.GetRandom(bytes, (nuint)count, 0) != count) RandomNumberGenerator.Fill(bytes);
        return bytes;
    }

    /// <summary>So many bytes in hexadecimal digits. (Convert's own way is meant for large ones: it is compiled for this processor when first called.)</summary>
    internal static string MakeText(int count)
    {
        byte[] bytes = Make(count);
        char[] text = new char[2 * count];
        for (int i = 0; i < count; i++)
        {
            text[2 * i] = Digits[bytes[i] >> 4];
            text[(2 * i) + 1] = Digits[bytes[i] & 0xF];
        }

        return new(text);
    }
}
