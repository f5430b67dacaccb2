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
