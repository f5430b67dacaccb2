using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessOptionsTests
{
    public static TheoryData<string, string, ProcessOptions> OutOfRange => new()
    {
        { "RecycleAfter", "0", new() { RecycleAfter = 0 } },
        { "RecycleOnGrowth", "-1", new() { RecycleOnGrowth = -1 } },
        { "MemoryLimit", "0", new() { MemoryLimit = 0 } },
        { "Niceness", "-1", new() { Niceness = -1 } },
        { "Niceness", "20", new() { Niceness = 20 } },
        { "KillAfter", "60.00:00:00", new() { KillAfter = TimeSpan.FromDays(60) } },
        { "Workers", "2147483647", new() { Workers = int.MaxValue } },
        { "IdleTimeout", "00:00:00", new() { IdleTimeout = TimeSpan.Zero } },
        { "IdleTimeout", "365.00:00:00", new() { IdleTimeout = TimeSpan.FromDays(365) } },
        { "EnvironmentVariables", "''", new() { EnvironmentVariables = new Dictionary<string, string?> { [""] = "x" } } },
        { "EnvironmentVariables", "'A=B'", new() { EnvironmentVariables = new Dictionary<string, string?> { ["A=B"] = null } } },
        { "EnvironmentVariables", "'A\\0'", new() { EnvironmentVariables = new Dictionary<string, string?> { ["A\0"] = "x" } } },
        { "EnvironmentVariables", "'A'", new() { EnvironmentVariables = new Dictionary<string, string?> { ["A"] = "x\0y" } } },
        { "Processors", "-3", new() { Processors = [0, -3] } },
        { "Processors", "empty", new() { Processors = [] } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void Options_out_of_range_are_refused_with_name_and_value(string name, string value, ProcessOptions options)
    {
        Assert.SkipWhen(name == "Processors" && !OperatingSystem.IsLinux() && !OperatingSystem.IsWindows(), "Refused as a whole here.");
        var error = Assert.ThrowsAny<ArgumentException>(() => new ProcessExecutor(options));
        Assert.Equal(name, error.ParamName);
        Assert.Contains(name, error.Message);
        Assert.Contains(value, error.Message);
    }

    [Fact]
    public void By_default_there_are_as_many_workers_as_the_limits_of_this_program_allow()
    {
        Assert.Equal(CpuLimits.Current.Workers, new ProcessOptions().Workers);
        Assert.InRange(CpuLimits.Current.Workers, 1, Environment.ProcessorCount);
    }
}
