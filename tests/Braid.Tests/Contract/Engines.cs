using Braid.Tests.Support;

namespace Braid.Tests.Contract;

public sealed class InlineContract : ExecutorContract
{
    protected override bool IsConcurrent => false;
    protected override bool EnforcesItemTimeout => false;
    protected override bool FindsBlockedWorkers => false;
    protected override Executor Create(int concurrency, ExecutorOptions? options) => new InlineExecutor(options);
}

public sealed class ThreadContract : ExecutorContract
{
    protected override Executor Create(int concurrency, ExecutorOptions? options) =>
        new ThreadExecutor(new ThreadOptions { Threads = concurrency }.With(options));
}

public sealed class LoopContract : ExecutorContract
{
    protected override Executor Create(int concurrency, ExecutorOptions? options) =>
        new LoopExecutor(new LoopOptions { MaxInFlight = concurrency }.With(options));
}

public sealed class SeveralLoopsContract : ExecutorContract
{
    protected override Executor Create(int concurrency, ExecutorOptions? options) =>
        new LoopExecutor(new LoopOptions { MaxInFlight = concurrency, Loops = 3 }.With(options));
}

public sealed class PortableLoopContract : ExecutorContract
{
    protected override Executor Create(int concurrency, ExecutorOptions? options) =>
        new LoopExecutor(new LoopOptions { MaxInFlight = concurrency, Poller = LoopPoller.Portable }.With(options));
}

public sealed class ProcessContract : ExecutorContract
{
    protected override bool SharesMemory => false;
    protected override Executor Create(int concurrency, ExecutorOptions? options) =>
        new ProcessExecutor(new ProcessOptions { Workers = concurrency }.With(options));
}

public sealed class ProcessSocketContract : ExecutorContract
{
    protected override bool SharesMemory => false;
    protected override Executor Create(int concurrency, ExecutorOptions? options) =>
        new ProcessExecutor(new ProcessOptions { Workers = concurrency, Transport = WorkerTransport.Socket }.With(options));
}

/// <summary>On the loop with a seed. Tests that move a clock themselves get a loop without one: it has no other clock than its own.</summary>
public sealed class SeededLoopContract : ExecutorContract
{
    protected override bool TimePasses => false;
    protected override Executor Create(int concurrency, ExecutorOptions? options) => new LoopExecutor(new LoopOptions
    {
        MaxInFlight = concurrency,
        Seed = options is null || options.TimeProvider == TimeProvider.System ? 1 : null,
    }.With(options));
}
