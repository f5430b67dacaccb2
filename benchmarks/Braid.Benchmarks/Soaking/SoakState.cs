using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Soaking;

/// <summary>What the process holds at a moment. Files, threads and private memory as Linux tells them; elsewhere they are zero.</summary>
internal sealed record SoakState
{
    private const double Mebibyte = 1024 * 1024;

    public required TimeSpan At { get; init; }

    public required double PrivateMebibytes { get; init; }

    public required double HeapMebibytes { get; init; }

    public required int Files { get; init; }

    /// <summary>How many of each kind of file, for who looks for one too many.</summary>
    public required string Kinds { get; init; }

    /// <summary>Without those of .NET's pool, which decides on their number by itself and gives them back after some time.</summary>
    public required int Threads { get; init; }

    /// <summary><see cref="EventLoop.Tasks"/> of all loops.</summary>
    public required int Tasks { get; init; }

    /// <summary>Connections open at the servers.</summary>
    public required int Open { get; init; }

    /// <summary>Conversations and their kin that have ended.</summary>
    public required long Events { get; init; }

    internal static SoakState Read(TimeSpan at, IEnumerable<EventLoop?> loops, SoakTally tally)
    {
        var files = OpenFiles();
        return new()
        {
            At = at,
            PrivateMebibytes = OperatingSystem.IsLinux() ? ProcessMemory.Private() / Mebibyte : 0,
            HeapMebibytes = GC.GetTotalMemory(forceFullCollection: false) / Mebibyte,
            Files = files.Count,
            Kinds = string.Join(", ", files.CountBy(Kind).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}")),
            Threads = OperatingSystem.IsLinux() ? Directory.GetDirectories("/proc/self/task").Length - ThreadPool.ThreadCount : 0,
            Tasks = loops.Sum(loop => loop?.Tasks.Count ?? 0),
            Open = tally.Open,
            Events = tally.Events,
        };
    }

    // Without assemblies and what belongs to them: .NET keeps those open, and loads some only when an exception or the report needs them.
    private static List<string> OpenFiles() => OperatingSystem.IsLinux()
        ? [.. Directory.GetFileSystemEntries("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget).OfType<string>().Where(target => Path.GetExtension(target) is not (".dll" or ".pdb"))]
        : [];

    // "socket:[123]", "pipe:[124]", "anon_inode:[eventpoll]", "/dev/null"; what the shell gave it is a file wherever.
    private static string Kind(string target) => target switch
    {
        _ when target.StartsWith("anon_inode:", StringComparison.Ordinal) => target[11..].Trim('[', ']'),
        _ when target.StartsWith("/dev/", StringComparison.Ordinal) => target,
        ['/', ..] => "file",
        _ => target.Split(':')[0],
    };
}
