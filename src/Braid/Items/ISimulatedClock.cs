namespace Braid.Items;

/// <summary>A clock that may be a seeded loop's: whoever records by it wants two runs of a seed to record the same.</summary>
internal interface ISimulatedClock
{
    bool IsSimulated { get; }
}
