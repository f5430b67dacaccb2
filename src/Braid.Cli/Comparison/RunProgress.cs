namespace Braid.Cli.Comparison;

/// <summary>How far a comparison has come. Turn 0 tries the first item.</summary>
internal readonly record struct RunProgress(string Work, int Turn, EngineKind Engine, int Ended, int Items);
