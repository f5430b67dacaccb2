using Braid.Cli.Arguments;
using Braid.Cli.Comparison;
using Braid.Cli.Tests.Support;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Tests.Comparison;

public sealed class InterruptionTests
{
    [Fact]
    public async Task Work_that_blocks_and_does_not_heed_its_token_does_not_hold_up_an_interruption()
    {
        var work = LoadedWork.Of(typeof(SampleWorks).GetMethod(nameof(SampleWorks.Blocks))!);
        var items = work.ReadItems([new InputLine("3", "here")], repeat: 1);
        using var interruption = new CancellationTokenSource();
        try
        {
            var run = new ComparisonRun(work, items, new() { StopLimit = TimeSpan.Zero, Engines = [EngineKind.Inline] }, TimeProvider.System, static _ => { }).RunAsync(interruption.Token);
            await SampleWorks.BlocksHasBegun.Task.WaitAsync(TestContext.Current.CancellationToken);
            await interruption.CancelAsync();
            var comparison = await run.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.True(comparison.WasInterrupted);
            Assert.Equal(EngineKind.Inline, comparison.StillRunning);
            Assert.DoesNotContain(comparison.Rows, static row => row.IsMeasured);
        }
        finally
        {
            SampleWorks.Release.Set();
        }
    }
}
