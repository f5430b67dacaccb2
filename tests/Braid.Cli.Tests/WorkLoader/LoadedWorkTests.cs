using Braid.Cli.Arguments;
using Braid.Cli.Tests.Support;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Tests.WorkLoader;

public sealed class LoadedWorkTests
{
    [Theory]
    [InlineData(nameof(SampleWorks.Square), false)]
    [InlineData(nameof(SampleWorks.SquareWithToken), false)]
    [InlineData(nameof(SampleWorks.SquareTask), true)]
    [InlineData(nameof(SampleWorks.SquareTaskWithToken), true)]
    [InlineData(nameof(SampleWorks.SquareValueTask), true)]
    [InlineData(nameof(SampleWorks.SquareValueTaskWithToken), true)]
    public async Task Every_one_of_the_six_shapes_is_work(string method, bool isAsync)
    {
        var work = LoadedWork.Of(typeof(SampleWorks).GetMethod(method)!);
        var items = work.ReadItems([new InputLine("3", "here"), new InputLine("4", "here")], repeat: 2);

        await using var executor = new InlineExecutor();
        var ends = await items.RunAsync(executor, 1, static () => true, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal($"SampleWorks.{method}", work.Name);
        Assert.Equal(isAsync, work.IsAsync);
        Assert.Equal([9, 16, 9, 16], ends.Select(static end => end.Result));
    }
}
