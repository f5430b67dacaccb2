using System.Globalization;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessPlaceTests : ProcessTest
{
    private const int NicenessField = 16; // of stat, counted from what follows the name

    [Fact]
    public async Task Every_thread_of_a_worker_is_as_nice_as_asked_for_and_the_parent_is_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        int own = int.Parse(Niceness(0), CultureInfo.InvariantCulture);
        Assert.SkipUnless(own < 7, "This program is nicer itself.");
        Assert.Equal("7", await Soon(Run(Make(new ProcessOptions { Workers = 1, Niceness = 7 }), Niceness, 0)));
        Assert.Equal($"{own}", await Soon(Run(Make(new ProcessOptions { Workers = 1 }), Niceness, 0)));
    }

    [Fact]
    public async Task Every_thread_of_a_worker_is_on_its_processor_and_its_runtime_counts_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        string before = Processors(0);
        var usable = Numbers(before.Split(' ')[0]);
        var executor = Make(new ProcessOptions { Workers = 3, Processors = [usable[0], usable[^1]] });
        string[] expected = [$"{usable[0]} 1", $"{usable[^1]} 1", $"{usable[0]} 1"];
        Assert.Equal(expected.Order(), (await AtOnce(executor, 3, PassAndTellProcessorsAsync)).Order());
        Assert.Equal(before, Processors(0));
    }

    [Fact]
    public async Task A_processor_that_does_not_exist_fails_the_items_and_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Windows has other numbers.");
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(Make(new ProcessOptions { Workers = 1, Processors = [8191] }), Works.AddOne, 1)));
        Assert.Contains("Processors contains 8191, which this program may not use", error.Message);
    }

    /// <summary>The niceness of all threads of this process, each value once.</summary>
    private static string Niceness(int ignored) => OfThreads("stat", text => text[(text.LastIndexOf(')') + 2)..].Split(' ')[NicenessField]);

    private static async Task<string> PassAndTellProcessorsAsync(GateCall call, CancellationToken cancellationToken)
    {
        await Support.Works.PassAsync(call, cancellationToken);
        return Processors(0);
    }

    private static string Processors(int ignored) =>
        $"{OfThreads("status", text => text.Split('\n').First(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal)).Split(':')[1].Trim())} {Environment.ProcessorCount}";

    private static string OfThreads(string file, Func<string, string> read)
    {
        var values = new HashSet<string>();
        foreach (string thread in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                values.Add(read(File.ReadAllText(Path.Join(thread, file))));
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return string.Join(" and ", values);
    }

    private static List<int> Numbers(string list) => [.. list.Split(',').SelectMany(part => part.Split('-')).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
}
