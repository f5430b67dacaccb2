using System.Globalization;
using System.Runtime.Versioning;

namespace Braid.Posix;

/// <summary>
/// What a process has started, noted before it is asked to end: once it has, nobody can tell any more whose they were. Linux only.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ProcessTree
{
    private readonly List<(int Id, string Birth)> _members = [];

    /// <summary>False where the kernel was built without the list of a process's children.</summary>
    internal static bool IsSupported { get; } = File.Exists("/proc/thread-self/children");

    private ProcessTree()
    {
    }

    /// <summary>The processes below this one, at this moment.</summary>
    internal static ProcessTree Below(int processId)
    {
        var tree = new ProcessTree();
        tree.Add(processId);
        return tree;
    }

    /// <summary>
    /// Kills a process and everything below it. Each is stopped first, and then looked below once more: what a process that still runs
    /// starts between look and kill would be nobody's any more.
    /// </summary>
    internal static void KillFrom(int processId)
    {
        if (BirthOf(processId) is not { } birth) return;
        var tree = new ProcessTree();
        tree._members.Add((processId, birth));
        for (int stopped = 0; stopped < tree._members.Count;)
        {
            for (; stopped < tree._members.Count; stopped++) ProcessSignal.Send(tree._members[stopped].Id, ProcessSignal.Stop);
            for (int i = 0; i < stopped; i++) tree.Add(tree._members[i].Id);
        }

        tree.Kill();
    }

    /// <summary>Kills those that are still there.</summary>
    internal void Kill()
    {
        foreach (var (id, birth) in _members)
        {
            // A number that has been given to another process meanwhile has another time of birth.
            if (BirthOf(id) == birth) ProcessSignal.Send(id, ProcessSignal.Kill);
        }
    }

    private void Add(int parent)
    {
        foreach (int child in ChildrenOf(parent))
        {
            if (BirthOf(child) is not { } birth || _members.Exists(m => m.Id == child)) continue;
            _members.Add((child, birth));
            Add(child);
        }
    }

    private static List<int> ChildrenOf(int processId)
    {
        var children = new List<int>();
        try
        {
            foreach (string thread in Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task")))
            {
                foreach (string word in File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    if (int.TryParse(word, CultureInfo.InvariantCulture, out int child)) children.Add(child);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or a thread of it.
        }

        return children;
    }

    /// <summary>When it was started, in the kernel's ticks; null: it is gone.</summary>
    private static string? BirthOf(int processId) => ProcessStatus.Of(processId)?[ProcessStatus.Birth];
}
