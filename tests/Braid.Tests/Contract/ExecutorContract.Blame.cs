using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Contract;

public abstract partial class ExecutorContract
{
    [Fact]
    public async Task An_item_that_has_ended_two_workers_is_set_aside_whatever_MaxAttempts_allows()
    {
        if (SharesMemory) return; // Work that ends its process ends ours.
        await using var executor = Create(concurrency: 2);
        var outcomes = await executor.OutcomesAsync(Enumerable.Range(0, 6), Works.ExitAt1, new MapOptions { MaxAttempts = 5 }).ToListAsync().Bounded();
        Assert.Equal([true, false, true, true, true, true], outcomes.Select(outcome => outcome.Succeeded));
        Assert.Equal(2, outcomes[1].Attempts);
        var error = Assert.IsType<WorkerLostException>(outcomes[1].Exception);
        Assert.Equal((2, 1L, 42), (error.WorkersLost, error.ItemIndex, error.ExitCode));
    }
}
