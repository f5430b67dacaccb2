using System.Runtime.Versioning;

namespace Braid.Processes;

/// <summary>How long a thread looks for something before it sleeps: as long as that has paid lately.</summary>
/// <remarks>
/// Looking for as long as a wake-up takes is never worse than twice the best choice. Looking in vain halves the next look, down to next to
/// nothing; a find restores it. So a worker with long items does not burn what the others could use.
/// </remarks>
[SupportedOSPlatform("linux")]
internal struct SpinBudget()
{
    // In rounds of about 0.1 µs; a wake-up on an idle core takes 20 to 80 µs. Chosen by `benchmarks processes-roundtrip`.
    private const int MostRounds = 400;
    private const int FewestRounds = 4;

    private static readonly bool Pays = Environment.ProcessorCount > 1;

    private int _rounds = MostRounds;

    /// <summary>True if it was found.</summary>
    internal bool TryFind(SharedRingReader ring)
    {
        if (!Pays) return ring.HasBytes;
        for (int round = 0; round < _rounds; round++)
        {
            if (ring.HasBytes)
            {
                _rounds = MostRounds;
                return true;
            }

            Thread.SpinWait(2);
        }

        _rounds = Math.Max(_rounds / 2, FewestRounds);
        return false;
    }
}
