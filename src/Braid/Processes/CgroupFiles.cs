using System.Globalization;

namespace Braid.Processes;

/// <summary>
/// The CPU limits of the control groups that this process is in, from the files below a folder: "/" on a real machine, a made-up tree in a test.
/// Version 2 (cpu.max, cpuset) and version 1 (cpu.cfs_quota_us, cpuset), of the group itself and of all groups around it.
/// </summary>
internal static class CgroupFiles
{
    private const string GroupsFile = "/proc/self/cgroup";
    private const string MountsFile = "/proc/self/mountinfo";

    /// <summary>What limits something; empty where there are no control groups, or none that can be read.</summary>
    internal static List<CpuLimit> Read(string root)
    {
        var limits = new List<CpuLimit>();
        var groups = Lines(root, GroupsFile).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        foreach (var mount in Lines(root, MountsFile).Select(Mount.Parse).OfType<Mount>())
        {
            if (mount.IsVersion2) AddVersion2(limits, root, mount, groups.Find(parts => parts[0] == "0" && parts[1].Length == 0));
            else AddVersion1(limits, root, mount, groups.Find(parts => parts[1].Split(',').Intersect(mount.Controllers).Any()));
        }

        return limits;
    }

    private static void AddVersion2(List<CpuLimit> limits, string root, Mount mount, string[]? group)
    {
        if (group is null) return;
        var folders = mount.Folders(group[2]);
        foreach (string folder in folders)
        {
            // "max 100000", or microseconds of processor time and the period for which they are given.
            if (First(root, folder + "/cpu.max")?.Split(' ') is [var quota, var period]) AddQuota(limits, $"cgroup v2 {folder}/cpu.max", quota, period);
        }

        AddSet(limits, root, "cgroup v2", folders, "cpuset.cpus.effective");
    }

    private static void AddVersion1(List<CpuLimit> limits, string root, Mount mount, string[]? group)
    {
        if (group is null) return;
        var folders = mount.Folders(group[2]);
        if (mount.Controllers.Contains("cpuset")) AddSet(limits, root, "cgroup v1", folders, "cpuset.effective_cpus", "cpuset.cpus");
        if (!mount.Controllers.Contains("cpu")) return;
        foreach (string folder in folders)
        {
            string file = folder + "/cpu.cfs_quota_us";
            AddQuota(limits, $"cgroup v1 {file}", First(root, file), First(root, folder + "/cpu.cfs_period_us"));
        }
    }

    private static void AddQuota(List<CpuLimit> limits, string source, string? quota, string? period)
    {
        // "max" and -1: no limit.
        if (Number(quota) is not (> 0 and var microseconds) || Number(period) is not (> 0 and var each)) return;
        limits.Add(new(source, (double)microseconds / each));

        static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>The innermost set alone: the kernel keeps it within those around it.</summary>
    private static void AddSet(List<CpuLimit> limits, string root, string version, IEnumerable<string> folders, params string[] names)
    {
        foreach (string file in folders.SelectMany(folder => names.Select(name => $"{folder}/{name}")))
        {
            if (First(root, file) is not { Length: > 0 } list || CountOf(list) is not (> 0 and var count)) continue;
            limits.Add(new($"{version} {file}", count));
            return;
        }
    }

    /// <summary>How many processors a list like "0-3,8" has; 0 if it is no such list.</summary>
    private static int CountOf(string list)
    {
        int count = 0;
        foreach (string part in list.Split(','))
        {
            string[] ends = part.Split('-');
            if (!int.TryParse(ends[0], CultureInfo.InvariantCulture, out int first) || !int.TryParse(ends[^1], CultureInfo.InvariantCulture, out int last) || last < first) return 0;
            count += last - first + 1;
        }

        return count;
    }

    private static string? First(string root, string path) => Lines(root, path) is [var first, ..] ? first.Trim() : null;

    private static string[] Lines(string root, string path)
    {
        try
        {
            string file = Path.Join(root, path);
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A file that may not be read limits nothing that we know of.
            return [];
        }
    }

    /// <summary>Where a hierarchy of groups can be seen.</summary>
    /// <param name="Root">The group that is seen at <paramref name="Point"/>: "/" unless a container sees only its own.</param>
    /// <param name="Point">The folder.</param>
    /// <param name="IsVersion2">One hierarchy for everything.</param>
    /// <param name="Controllers">In version 1: what the hierarchy controls.</param>
    private sealed record Mount(string Root, string Point, bool IsVersion2, string[] Controllers)
    {
        /// <summary>A line of mountinfo: number, parent, device, root, point, options …, "-", type, source, options.</summary>
        internal static Mount? Parse(string line)
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (dash < 5 || fields.Length < dash + 4) return null;
            string type = fields[dash + 1];
            if (type is not ("cgroup" or "cgroup2")) return null;
            return new(fields[3], fields[4].TrimEnd('/'), type == "cgroup2", fields[dash + 3].Split(','));
        }

        /// <summary>The folder of a group and of those around it, the innermost first.</summary>
        internal List<string> Folders(string group)
        {
            string inside = Root == "/" ? group : group.StartsWith(Root, StringComparison.Ordinal) ? group[Root.Length..] : "";

            // A group outside of what is seen here.
            if (inside.Contains("..", StringComparison.Ordinal)) inside = "";
            var folders = new List<string>();
            for (inside = inside.TrimEnd('/'); inside.Length > 0; inside = inside[..inside.LastIndexOf('/')]) folders.Add(Point + inside);
            folders.Add(Point);
            return folders;
        }
    }
}
