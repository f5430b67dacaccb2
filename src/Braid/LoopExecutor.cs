namespace Braid;

/// <summary>placeholder</summary>
internal sealed class LoopExecutor { }
