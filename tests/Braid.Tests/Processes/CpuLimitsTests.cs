using Braid.Processes;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class CpuLimitsTests : IDisposable
{
    private const string Version2 = "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("braid-test-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void A_quota_of_version_2_is_read_and_rounded_up()
    {
        Add("/proc/self/mountinfo", Version2);
        Add("/proc/self/cgroup", "0::/app");
        Add("/sys/fs/cgroup/app/cpu.max", "150000 100000");
        Assert.Equal([new("cgroup v2 /sys/fs/cgroup/app/cpu.max", 1.5)], CgroupFiles.Read(_root.FullName));
        Assert.Equal(2, Workers(processors: 8));
    }

    [Fact]
    public void The_smallest_quota_of_all_groups_around_counts()
    {
        Add("/proc/self/mountinfo", Version2);
        Add("/proc/self/cgroup", "0::/pod/container");
        Add("/sys/fs/cgroup/cpu.max", "max 100000");
        Add("/sys/fs/cgroup/pod/cpu.max", "250000 100000");
        Add("/sys/fs/cgroup/pod/container/cpu.max", "600000 100000");
        Assert.Equal([6.0, 2.5], CgroupFiles.Read(_root.FullName).Select(limit => limit.Processors));
        Assert.Equal(3, Workers(processors: 8));
    }

    [Fact]
    public void The_innermost_cpuset_is_read()
    {
        Add("/proc/self/mountinfo", Version2);
        Add("/proc/self/cgroup", "0::/pod/container");
        Add("/sys/fs/cgroup/cpuset.cpus.effective", "0-15");
        Add("/sys/fs/cgroup/pod/cpuset.cpus.effective", "0-2,8");
        Assert.Equal([new("cgroup v2 /sys/fs/cgroup/pod/cpuset.cpus.effective", 4)], CgroupFiles.Read(_root.FullName));
    }

    [Fact]
    public void Version_1_has_a_hierarchy_for_each_controller()
    {
        Add("/proc/self/mountinfo", """
            32 31 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
            34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
            35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            """);
        Add("/proc/self/cgroup", """
            4:memory:/docker/abc
            3:cpuset:/docker/abc
            2:cpu,cpuacct:/docker/abc
            """);
        Add("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000");
        Add("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
        Add("/sys/fs/cgroup/cpuset/docker/abc/cpuset.cpus", "1,3");
        Assert.Equal(
            [new("cgroup v1 /sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", 0.5), new("cgroup v1 /sys/fs/cgroup/cpuset/docker/abc/cpuset.cpus", 2)],
            CgroupFiles.Read(_root.FullName));
        Assert.Equal(1, Workers(processors: 8));
    }

    [Fact]
    public void Both_versions_may_be_there_at_once()
    {
        Add("/proc/self/mountinfo", "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n20 41 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw");
        Add("/proc/self/cgroup", "1:cpu:/a\n0::/a");
        Add("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1");
        Add("/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000");
        Add("/sys/fs/cgroup/unified/a/cpu.max", "max 100000");
        Assert.Empty(CgroupFiles.Read(_root.FullName));
        Assert.Equal(8, Workers(processors: 8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("0::/../..\n1:cpu")]
    [InlineData("0::")]
    public void What_cannot_be_understood_limits_nothing(string groups)
    {
        Add("/proc/self/mountinfo", $"{Version2}\n1 2 3\n - \n32 31 0:29 / /x rw - cgroup");
        Add("/proc/self/cgroup", groups);
        Add("/sys/fs/cgroup/cpu.max", "many of them");
        Add("/sys/fs/cgroup/cpuset.cpus.effective", "5-1");
        Assert.Empty(CgroupFiles.Read(_root.FullName));
    }

    [Fact]
    public void Without_any_files_there_are_no_limits() => Assert.Empty(CgroupFiles.Read(_root.FullName));

    [Fact]
    public void The_variable_of_dotnet_has_the_last_word()
    {
        var limits = CpuLimits.Of(16, "16", new("affinity mask", 4), [new("cgroup", 1.5)]);
        Assert.Equal(16, limits.Workers);
        Assert.Equal(["DOTNET_PROCESSOR_COUNT: 16", "affinity mask: 4", "cgroup: 1.5"], limits.Limits.Select(limit => limit.ToString()));
        Assert.Equal(2, CpuLimits.Of(4, "0x10", new("affinity mask", 4), [new("cgroup", 1.5)]).Workers);
    }

    [Fact]
    public void What_was_read_can_be_shown()
    {
        Assert.Equal("2 workers; .NET counts 8 processors; affinity mask: 8; cgroup: 1.5", CpuLimits.Of(8, null, new("affinity mask", 8), [new("cgroup", 1.5)]).ToString());
        Assert.Equal("8 workers; .NET counts 8 processors; no limits found", CpuLimits.Of(8, null, null, []).ToString());
    }

    private int Workers(int processors) => CpuLimits.Of(processors, null, null, CgroupFiles.Read(_root.FullName)).Workers;

    private void Add(string path, string text)
    {
        string file = Path.Join(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }
}
