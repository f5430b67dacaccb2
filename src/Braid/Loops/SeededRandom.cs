namespace Braid.Loops;

/// <summary>The numbers of a seeded loop: SplitMix64 (Steele, Lea, Flood, 2014), the same for a seed on every machine and runtime.</summary>
/// <remarks>Not System.Random: its numbers for a seed may change from one .NET to the next, and a printed seed must stay good.</remarks>
internal sealed class SeededRandom(int seed)
{
    private ulong _state = (uint)seed;

    public ulong Next()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to <paramref name="count"/> - 1. Its bias is below count / 2^64.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>True once in <paramref name="count"/> times.</summary>
    public bool OneIn(int count) => Below(count) == 0;
}
