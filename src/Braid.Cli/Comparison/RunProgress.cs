namespace Braid.Cli.Comparison;

/// <summary>How far a comparison has come.</summary>
internal readonly record struct RunProgress(string Work, int Turn, EngineKind Engine, int Ended, int Items);
