namespace Braid;

/// <summary>placeholder</summary>
internal sealed class ThreadExecutor { }
/// <summary>placeholder</summary>
internal sealed class LoopExecutor { }
/// <summary>placeholder</summary>
public sealed class GlobalLock { }
