namespace Braid.Loops;

/// <summary>A timer that is an object of its own: everything but plain sleeps.</summary>
internal interface ILoopTimer
{
    /// <summary>Its number among <see cref="LoopTimers"/>, which keep it; 0: it is not set.</summary>
    int Number { get; set; }

    /// <summary>Its time has come; it is no longer set.</summary>
    void Fire();

    /// <summary>The loop ends before its time has come; it is no longer set.</summary>
    void Abandon();
}
