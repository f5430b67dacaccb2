using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Braid.Processes;

/// <summary>A private folder for the sockets of one executor, of which nothing is left behind: dispose removes it, and a process that was killed is cleaned up after by the next one.</summary>
/// <remarks>
/// The name holds the owner's process id for people and for the sweep; a locked file in it says that the owner lives, also to a process of
/// another container that shares the folder and does not see the id.
/// </remarks>
internal sealed class SocketFolder : IDisposable
{
    private const string Prefix = "braid-";
    private const string LockName = "lock";

    // Unix socket paths end at 103 characters on macOS and 107 on Linux; ours adds a short file name to the folder's.
    private const int LongestFolder = 80;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path;
    private readonly SafeFileHandle _lock;
    private int _lastSocket;
    private bool _isSwept;

    internal SocketFolder()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{RandomBytes.MakeText(4)}");
        var roots = Roots();
        for (int i = 0; ; i++)
        {
            try
            {
                _path = Create(Path.Combine(roots[i], name));
                break;
            }
            catch (Exception exception) when (i + 1 < roots.Count && exception is IOException or UnauthorizedAccessException)
            {
                // Another user's runtime folder, or one that is full: the next place.
            }
        }

        _lock = File.OpenHandle(Path.Combine(_path, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>A path that no socket has had. Every start has its own, so that a late worker cannot reach another one's place.</summary>
    internal string NextSocket() => Path.Combine(_path, string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref _lastSocket)}.sock"));

    /// <summary>
    /// Removes what others left, once, in the background: a folder for temporary files may hold thousands of names, and a program that starts
    /// waits for its workers.
    /// </summary>
    internal void BeginSweep()
    {
        if (Interlocked.Exchange(ref _isSwept, true)) return;
        ThreadPool.UnsafeQueueUserWorkItem(static root => SweepQuietly(root), Path.GetDirectoryName(_path)!, preferLocal: false);
    }

    public void Dispose()
    {
        _lock.Dispose();
        Remove(_path);
    }

    private static string Create(string path)
    {
        if (OperatingSystem.IsWindows()) return Directory.CreateDirectory(path).FullName;
        return Directory.CreateDirectory(path, OwnerOnly).FullName;
    }

    /// <summary>Where the folder may be, the best place first.</summary>
    private static List<string> Roots()
    {
        string temp = Path.GetTempPath();
        if (OperatingSystem.IsWindows()) return [temp];
        string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return [.. new[] { runtime, temp, "/tmp" }.OfType<string>().Where(r => r.Length is > 0 and < LongestFolder && Directory.Exists(r))];
    }

    private static void SweepQuietly(string root)
    {
        try
        {
            Sweep(root);
        }
        catch (Exception)
        {
            // Whatever is wrong with what others left must not end this program.
        }
    }

    private static void Sweep(string root)
    {
        string[] folders;
        try
        {
            folders = Directory.GetDirectories(root, Prefix + "*");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return;
        }

        foreach (string folder in folders)
        {
            if (!IsOwnerAlive(folder)) Remove(folder);
        }
    }

    private static bool IsOwnerAlive(string folder)
    {
        string[] parts = Path.GetFileName(folder).Split('-');
        if (parts.Length != 3 || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out int owner)) return true;
        if (owner == Environment.ProcessId || IsRunning(owner)) return true;
        try
        {
            using var held = new FileStream(Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Locked, or another user's.
            return true;
        }
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another process sweeps too, or it is not ours. It holds nothing but names.
        }
    }
}
