using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Contract;

/// <summary>
/// What every engine promises; the test names are the sentences of docs/semantics.md §2. One tiny class per engine says how to make it and
/// where it differs. The tests are spread over partial files by theme.
/// </summary>
public abstract partial class ExecutorContract
{
    /// <summary>Makes the engine with this many items in progress at once (an engine that cannot ignores it).</summary>
    protected abstract Executor Create(int concurrency = 4, ExecutorOptions? options = null);

    /// <summary>False: one item after the other, in the caller's own call.</summary>
    protected virtual bool IsConcurrent => true;

    /// <summary>False: the work runs in another process, where nothing of the test's memory is seen.</summary>
    protected virtual bool SharesMemory => true;

    /// <summary>False: time limits are refused.</summary>
    protected virtual bool EnforcesItemTimeout => true;

    /// <summary>True: work that blocks on its own executor is found out. (Inline cannot be blocked by its own; a process has another executor than the caller's.)</summary>
    protected virtual bool FindsBlockedWorkers => true;

    /// <summary>False: a map without a limit of its own reads no further ahead than the capacity, as on engines from outside Braid.</summary>
    protected virtual bool ReadsAhead => IsConcurrent;

    /// <summary>False: time is virtual, and an item that does not wait takes none.</summary>
    protected virtual bool TimePasses => true;

    protected static MapOptions Concurrency(int limit) => new() { MaxConcurrency = limit };
}
