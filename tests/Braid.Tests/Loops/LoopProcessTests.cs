using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Loops;

[UnsupportedOSPlatform("windows")]
public sealed class LoopProcessTests : LoopProcessTest
{
    [Theory, MemberData(nameof(Pollers))]
    public void A_program_gets_its_arguments_environment_and_directory(LoopPoller poller) => Run(async () =>
    {
        using var folder = new Folder();
        var options = Piped with
        {
            WorkingDirectory = folder.Path,
            EnvironmentVariables = new Dictionary<string, string?> { ["BRAID_ADDED"] = "one two", ["HOME"] = null },
        };
        await using var process = await LoopProcess.StartAsync("sh", ["-c", """printf '%s\n' "$1" "$2" "$BRAID_ADDED" "${HOME-none}" "$(pwd -P)" """, "sh", "a b\"'$c", ""], options);
        using var reader = new StreamReader(process.StandardOutput);
        Assert.Equal($"a b\"'$c\n\none two\nnone\n{folder.Path}\n", await reader.ReadToEndAsync());
        Assert.Equal(0, await process.WaitForExitAsync());
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void The_end_of_a_program_is_awaited(LoopPoller poller) => Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        await using var process = await Shell("read line; echo last words; exit 3");
        Assert.Null(process.ExitCode);
        var waits = new[] { process.WaitForExitAsync(), process.WaitForExitAsync(new CancellationTokenSource().Token) };
        for (var i = 0; i < 10; i++) await EventLoop.Yield();
        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        await process.StandardInput.DisposeAsync();
        var codes = await Task.WhenAll(waits);
        Assert.Equal([3, 3], codes);
        Assert.Equal(3, process.ExitCode);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        process.Kill();
        process.SendSignal(PosixSignal.SIGTERM);
        using var reader = new StreamReader(process.StandardOutput);
        Assert.Equal("last words\n", await reader.ReadToEndAsync());
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_mebibyte_goes_in_and_out_at_once_without_leaving_the_loop(LoopPoller poller) => Run(async () =>
    {
        await using var process = await LoopProcess.StartAsync("cat", options: Piped);
        var input = new RecordingStream(process.StandardInput);
        var output = new RecordingStream(process.StandardOutput);
        var sent = new byte[1 << 20];
        new Random(1).NextBytes(sent);
        var writing = WriteAsync();
        var received = new MemoryStream();
        await output.CopyToAsync(received);
        await writing;
        Assert.True(received.ToArray().AsSpan().SequenceEqual(sent));
        Assert.Equal(0, await process.WaitForExitAsync());
        Assert.Equal([Environment.CurrentManagedThreadId], input.Threads.Concat(output.Threads).Distinct());

        async Task WriteAsync()
        {
            for (var at = 0; at < sent.Length; at += 10_000) await input.WriteAsync(sent.AsMemory(at, Math.Min(10_000, sent.Length - at)));
            await input.DisposeAsync();
        }
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_talk_line_by_line(LoopPoller poller) => Run(async () =>
    {
        var thread = Environment.CurrentManagedThreadId;
        await using var process = await Shell("while read line; do echo \"$line, too\"; echo heard >&2; done");
        await using var writer = new StreamWriter(process.StandardInput) { AutoFlush = true };
        using var reader = new StreamReader(process.StandardOutput);
        using var errors = new StreamReader(process.StandardError);
        for (var i = 0; i < 100; i++)
        {
            await writer.WriteLineAsync($"line {i}");
            Assert.Equal($"line {i}, too", await reader.ReadLineAsync());
            Assert.Equal("heard", await errors.ReadLineAsync());
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        await writer.DisposeAsync();
        Assert.Null(await reader.ReadLineAsync());
        Assert.Equal(0, await process.WaitForExitAsync());
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Waits_are_cancelled_and_the_program_goes_on(LoopPoller poller) => Run(async () =>
    {
        await using var process = await LoopProcess.StartAsync("cat", options: Piped);
        for (var i = 0; i < 10; i++)
        {
            using var source = new CancellationTokenSource();
            var read = process.StandardOutput.ReadAsync(new byte[10], source.Token).AsTask();
            var exit = LibraryWaitAsync(process, source.Token);
            await EventLoop.Yield();
            if (i % 2 == 0) source.Cancel();
            else await Loop.OffloadAsync(s => { s.Cancel(); return 0; }, source);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            Assert.Equal(Environment.CurrentManagedThreadId, await exit);
        }

        await process.StandardInput.WriteAsync(new byte[4]);
        Assert.Equal(4, await process.StandardOutput.ReadAtLeastAsync(new byte[10], 4));

        using var full = new CancellationTokenSource();
        var write = process.StandardInput.WriteAsync(new byte[10 << 20], full.Token).AsTask(); // more than the pipes hold, and nobody reads
        await EventLoop.Yield();
        Assert.False(write.IsCompleted);
        full.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);

        static async Task<int> LibraryWaitAsync(LoopProcess process, CancellationToken cancellationToken)
        {
            try
            {
                return await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return Environment.CurrentManagedThreadId;
            }
        }
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Writing_to_a_program_that_reads_no_more_is_an_IOException(LoopPoller poller) => Run(async () =>
    {
        await using var process = await Shell("exec <&-; echo closed; exec sleep 1000");
        using var reader = new StreamReader(process.StandardOutput);
        Assert.Equal("closed", await reader.ReadLineAsync());
        await Assert.ThrowsAsync<IOException>(async () => await process.StandardInput.WriteAsync(new byte[1]));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Reading_into_an_empty_buffer_waits_for_data_and_leaves_it(LoopPoller poller) => Run(async () =>
    {
        await using var process = await LoopProcess.StartAsync("cat", options: Piped);
        var waiting = process.StandardOutput.ReadAsync(Memory<byte>.Empty).AsTask();
        for (var i = 0; i < 10; i++) await EventLoop.Yield();
        Assert.False(waiting.IsCompleted);
        await process.StandardInput.WriteAsync(new byte[] { 7, 8 });
        Assert.Equal(0, await waiting);
        Assert.Equal(0, await process.StandardOutput.ReadAsync(Memory<byte>.Empty));
        var buffer = new byte[2];
        await process.StandardOutput.ReadExactlyAsync(buffer);
        Assert.Equal([7, 8], buffer);
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void A_program_that_cannot_be_started_is_an_error_that_names_it(LoopPoller poller) => Run(async () =>
    {
        Assert.Contains("no-such-program", (await Assert.ThrowsAsync<Win32Exception>(async () => await LoopProcess.StartAsync("no-such-program"))).Message);
        Assert.Contains("/no/such/folder", (await Assert.ThrowsAsync<Win32Exception>(
            async () => await LoopProcess.StartAsync("true", options: new LoopProcessOptions { WorkingDirectory = "/no/such/folder" }))).Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await LoopProcess.StartAsync("true", cancellationToken: new CancellationToken(true)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await LoopProcess.StartAsync("true", options: new LoopProcessOptions { StandardInput = (LoopProcessStream)7 }));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Misuse_is_told(LoopPoller poller) => Run(async () =>
    {
        await using var process = await LoopProcess.StartAsync("cat", options: new LoopProcessOptions { StandardInput = LoopProcessStream.Piped });
        Assert.Contains("StandardOutput = LoopProcessStream.Piped", Assert.Throws<InvalidOperationException>(() => process.StandardOutput).Message);
        Assert.False(process.StandardInput.CanRead);
        Assert.Throws<NotSupportedException>(() => { _ = process.StandardInput.ReadAsync(new byte[1]); });
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(process.Kill));
    }, poller);

    [Theory, MemberData(nameof(Pollers))]
    public void Fifty_programs_run_at_once(LoopPoller poller) => Run(async () =>
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await using var process = await Shell($"read line; echo \"$line {i}\"; exit {i}");
            await process.StandardInput.WriteAsync("hello\n"u8.ToArray());
            using var reader = new StreamReader(process.StandardOutput);
            return $"{await reader.ReadToEndAsync()}{await process.WaitForExitAsync()}";
        }));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"hello {i}\n{i}"), answers);
    }, poller);

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("braid-test-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
