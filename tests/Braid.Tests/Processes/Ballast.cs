namespace Braid.Tests.Processes;

/// <summary>Memory that is in use for as long as its process lives.</summary>
internal static class Ballast
{
    private static readonly List<byte[]> Kept = [];

    internal static void Add(int megabytes)
    {
        for (int i = 0; i < megabytes; i++)
        {
            byte[] block = new byte[1024 * 1024];

            // Written to: only then does it become resident.
            Array.Fill(block, (byte)1);
            Kept.Add(block);
        }
    }
}
