using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Braid.Processes;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Processes;

public sealed class ProcessLifetimeTests : ProcessTest
{
    [Fact]
    public async Task Disposal_waits_for_what_was_accepted_and_ends_the_workers()
    {
        var executor = Make(workers: 2);
        int pid = await Soon(Run(executor, Works.ProcessId, 0));
        var running = Enumerable.Range(0, 6).Select(_ => Soon(Run(executor, Works.Sleep, 50))).ToArray();
        await Task.WhenAll(executor.DisposeAsync().AsTask(), executor.DisposeAsync().AsTask()).WaitAsync(Limit);
        Assert.All(running, r => Assert.True(r.IsCompletedSuccessfully || r.Wait(Limit)));
        Assert.False(IsAlive(pid));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Soon(Run(executor, Works.AddOne, 1)));
    }

    [Fact]
    public async Task Disposal_without_any_work_ends_at_once()
    {
        await Make().DisposeAsync().AsTask().WaitAsync(Limit);
    }

    [Fact]
    public async Task A_worker_that_does_not_end_is_killed()
    {
        var executor = Make(killAfter: TimeSpan.FromMilliseconds(50));
        int pid = await Soon(Run(executor, StayAtExit, 0));
        await executor.DisposeAsync().AsTask().WaitAsync(Limit);
        Assert.False(IsAlive(pid));
    }

    [Fact]
    public void Options_out_of_range_are_refused_with_their_names()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutor(new() { Workers = 0 }));
        Assert.Equal("Workers", error.ParamName);
        Assert.Equal("KillAfter", Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutor(new() { KillAfter = TimeSpan.FromSeconds(-1) })).ParamName);
    }

    [Theory]
    [InlineData(WorkerTransport.Automatic)]
    [InlineData(WorkerTransport.Socket)]
    public async Task A_killed_parent_leaves_no_child_no_folder_and_no_memory(WorkerTransport transport)
    {
        string[] before = Segments();
        using var parent = Victim.Start(transport);
        var children = new List<int>();
        for (int i = 0; i < Victim.Workers; i++) children.Add(int.Parse((await parent.StandardOutput.ReadLineAsync().WaitAsync(Limit))!.Split(' ')[^1], CultureInfo.InvariantCulture));
        Assert.All(children, c => Assert.True(IsAlive(c)));
        parent.Kill();
        await parent.WaitForExitAsync().WaitAsync(Limit);
        await Until(() => !children.Exists(IsAlive), "the children of a killed parent are gone");
        Assert.Equal(before, Segments());

        // The next one to start in this place cleans up.
        using (var folder = new SocketFolder())
        {
            folder.BeginSweep();
            string root = Path.GetDirectoryName(SocketFolderPath())!;
            await Until(() => Directory.GetDirectories(root, $"braid-{parent.Id}-*").Length == 0, "the folder of a killed parent is gone");
        }

        // What has a name. What has none is the kernel's to give back with the last process.
        static string[] Segments() => Directory.Exists("/dev/shm") ? Directory.GetFiles("/dev/shm", "*braid*") : [];
    }

    [Fact]
    public async Task Shared_memory_has_no_name_that_could_be_left_behind()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Shared memory is for Linux.");
        int pid = await Soon(Run(Make(), Works.ProcessId, 0));
        string[] maps = [.. File.ReadLines($"/proc/{pid}/maps").Where(m => m.Contains("braid", StringComparison.Ordinal) && m.Contains("rw-s", StringComparison.Ordinal))];
        Assert.All(maps, m => Assert.Contains("/memfd:braid (deleted)", m));
        Assert.Equal(Libc.HasFutex, maps.Length > 0);
    }

    [Fact]
    public async Task A_stranger_at_the_socket_does_not_disturb()
    {
        using var folder = new SocketFolder();
        string path = folder.NextSocket();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        byte[][] attacks =
        [
            [],
            [255, 255, 255, 255, 255],
            [0, 0, 0, 0x7F, (byte)FrameType.Call, 1, 2, 3],
            [4, 0, 0, 0, (byte)FrameType.Hello, 1, 0, 0, 0],
            [.. BitConverter.GetBytes(108), (byte)FrameType.Hello, 1, 0, 0, 0, .. new byte[104]],
        ];
        foreach (byte[] attack in attacks)
        {
            using var stranger = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await stranger.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await stranger.SendAsync(attack);
            stranger.Shutdown(SocketShutdown.Send);
            using var stream = new NetworkStream(await listener.AcceptAsync(), ownsSocket: true);
            var reader = new FrameReader(stream);
            var refusal = Assert.ThrowsAny<Exception>(void () => Handshake.Accept(stream, reader, new(0, 1, path, "secret")));
            Assert.True(refusal is InvalidFrameException or IOException, refusal.ToString());
        }
    }

    [Fact]
    public async Task Strangers_that_come_before_the_worker_are_sent_away()
    {
        var executor = Make();
        using var stop = new CancellationTokenSource();
        var stranger = Task.Run(async () =>
        {
            // Whatever socket appears in the folder is connected to and given nonsense, faster than the worker can start.
            string root = Path.GetDirectoryName(SocketFolderPath())!;
            int connected = 0;
            while (!stop.IsCancellationRequested)
            {
                foreach (string folder in Directory.GetDirectories(root, $"braid-{Environment.ProcessId}-*"))
                {
                    foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.sock") : [])
                    {
                        if (TryAttack(path)) connected++;
                    }
                }

                await Task.Delay(1);
            }

            return connected;
        });
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        await stop.CancelAsync();
        Assert.True(await stranger > 0);
    }

    private static int StayAtExit(int ignored)
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Thread.Sleep(Timeout.Infinite);
        return Environment.ProcessId;
    }

    private static bool TryAttack(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send([9, 9, 9, 9, 9, 9, 9]);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string SocketFolderPath()
    {
        using var folder = new SocketFolder();
        return Path.GetDirectoryName(folder.NextSocket())!;
    }
}

/// <summary>A parent process to be killed: this test program once more, which never reaches its Main.</summary>
internal static class Victim
{
    internal const int Workers = 2;
    private const string Variable = "BRAID_TESTS_VICTIM";
    private const int LargeLength = 1_000_000;

    internal static Process Start(WorkerTransport transport)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(Victim).Assembly.Location);
        start.Environment[Variable] = transport.ToString();
        return Process.Start(start)!;
    }

#pragma warning disable CA2255 // A module initializer is what runs before a test program's Main.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } transport) return;
        Environment.SetEnvironmentVariable(Variable, null);
        var executor = new ProcessExecutor(new() { Workers = Workers, Transport = Enum.Parse<WorkerTransport>(transport) });

        // One with an argument that lies in shared memory where there is any, one with a buffer that is always there.
        _ = executor.RunAsync(Work.Of<byte[], int>(PrintAndStay), new byte[LargeLength]).AsTask();
        _ = executor.RunAsync(Work.Of<SharedBuffer, int>(PrintAndStay), SharedBuffer.Create(LargeLength)).AsTask();
        Thread.Sleep(Timeout.Infinite);
    }

    private static int PrintAndStay<T>(T large)
    {
        Console.WriteLine(Environment.ProcessId);
        Thread.Sleep(Timeout.Infinite);
        return large is null ? 0 : 1;
    }
}
