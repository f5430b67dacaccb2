using System.Runtime.CompilerServices;
using Braid.Processes;
using Braid.Tests.Support;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>Buffers whose place travels instead of their bytes.</summary>
public sealed class SharedBufferTests : ProcessTest
{
    private const int Large = 1_000_003;

    public static TheoryData<Executor> Engines => [new InlineExecutor(), new ThreadExecutor(), new LoopExecutor()];

    [Theory]
    [InlineData(WorkerTransport.Automatic)]
    [InlineData(WorkerTransport.Socket)]
    public async Task Work_in_place_gives_the_caller_the_same_object_back(WorkerTransport transport)
    {
        var executor = Make(new ProcessOptions { Workers = 1, Transport = transport });
        using var buffer = SharedBuffer.Create(Large);
        buffer.Span.Fill(7);
        for (int call = 0; call < 3; call++) Assert.Same(buffer, await Soon(Run<SharedBuffer, SharedBuffer>(executor, SharedBufferWorks.AddOne, buffer)));
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept((byte)10));
    }

    [Fact]
    public async Task One_made_in_the_worker_arrives_and_can_be_sent_again()
    {
        var executor = Make(2);
        using var made = await Soon(Run(executor, SharedBufferWorks.Make, Large));
        Assert.Equal(Large, made.Length);
        Assert.Equal(-1, made.Span.IndexOfAnyExcept((byte)3));
        int[] workers = await ProcessIds(executor, 2);
        foreach (int worker in workers) SharedBufferWorks.Kill(worker);
        Assert.Equal(3L * Large, await Soon(Run(executor, SharedBufferWorks.Sum, made)));
    }

    [Fact]
    public async Task A_worker_that_is_replaced_stays_until_its_last_result_was_opened()
    {
        var executor = Make(new ProcessOptions { Workers = 1, RecycleAfter = 1 });
        for (int call = 0; call < 3; call++)
        {
            using var made = await Soon(Run(executor, SharedBufferWorks.Make, Large));
            Assert.Equal(3, made.Span[^1]);
        }
    }

    [Fact]
    public async Task Null_travels_both_ways()
    {
        Assert.Null(await Soon(Run<SharedBuffer?, SharedBuffer?>(Make(), Works.Same, null)));
    }

    [Fact]
    public async Task A_worker_sees_a_buffer_that_it_knows_as_the_same_object_until_it_is_disposed()
    {
        var executor = Make();
        var buffer = SharedBuffer.Create(10);
        Assert.False(await Soon(Run(executor, SharedBufferWorks.IsLast, buffer)));
        Assert.True(await Soon(Run(executor, SharedBufferWorks.IsLast, buffer)));
        buffer.Dispose();
        using var other = SharedBuffer.Create(10);
        Assert.False(await Soon(Run(executor, SharedBufferWorks.IsLast, other)));
    }

    [Fact]
    public async Task A_disposed_one_cannot_be_used_or_sent()
    {
        var buffer = SharedBuffer.Create(10);
        var memory = buffer.Memory;
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => buffer.AsSpan<int>().Length);
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Soon(Run(Make(), SharedBufferWorks.Sum, buffer)));
    }

    [Fact]
    public async Task A_result_that_the_work_disposed_is_an_error_that_says_so()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Soon(Run(Make(), SharedBufferWorks.MakeAndDispose, 10)));
        Assert.Contains("The work disposed the SharedBuffer of 10 bytes that it returned", error.Message);
    }

    [Fact]
    public async Task Two_workers_see_one_buffer_at_the_same_time()
    {
        var executor = Make(2);
        using var buffer = SharedBuffer.Create(2);
        var calls = Enumerable.Range(0, 2).Select(i => executor.RunAsync(SharedBufferWorks.ShakeHands, buffer).AsTask()).ToArray();
        int[] workers = await Task.WhenAll(calls).WaitAsync(Limit);
        Assert.Equal(2, workers.Distinct().Count());
    }

    [Fact]
    public async Task A_crash_in_the_middle_leaves_the_buffer_usable()
    {
        var executor = Make();
        using var buffer = SharedBuffer.Create(Large);
        await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, SharedBufferWorks.WriteAndDie, buffer)));
        Assert.Equal(9, buffer.Span[0]);
        buffer.Span.Fill(1);
        Assert.Equal(Large, await Soon(Run(executor, SharedBufferWorks.Sum, buffer)));
    }

    [Fact]
    public async Task Nothing_is_left_in_the_file_system()
    {
        if (!OperatingSystem.IsLinux()) return;
        var before = Directory.GetFileSystemEntries("/dev/shm").ToHashSet();
        var executor = Make();
        using (var buffer = SharedBuffer.Create(Large))
        {
            await Soon(Run(executor, SharedBufferWorks.Sum, buffer));
            Assert.DoesNotContain(Directory.GetFileSystemEntries("/dev/shm"), name => !before.Contains(name) && name.Contains("braid", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Another_buffer_at_the_same_place_is_refused()
    {
        if (!SharedBlock.IsPossible) return;
        using var buffer = SharedBuffer.Create(10);
        byte[] written = Encode(buffer);
        Assert.Same(buffer, Decode(written));
        written[^1] ^= 1;
        Assert.Contains("another buffer", Assert.Throws<WorkNotPortableException>(() => Decode(written)).Message);
    }

    [Fact]
    public void A_descriptor_that_is_something_else_or_nothing_by_now_is_refused()
    {
        if (!SharedBlock.IsPossible) return;
        var buffer = SharedBuffer.Create(10);
        byte[] written = Encode(buffer);
        buffer.Dispose();
        using var files = new Files(written);
        Assert.Contains("cannot be opened", Assert.Throws<WorkNotPortableException>(() => Decode(written)).Message);
    }

    [Fact]
    public void Bytes_that_are_no_buffer_are_refused()
    {
        using var buffer = SharedBuffer.Create(10);
        byte[] written = Encode(buffer);
        byte[] longer = [.. written, 0], shorter = written[..^1], negative = [.. written];
        BitConverter.TryWriteBytes(negative.AsSpan(9), -1);
        foreach (byte[] bytes in new[] { [], [0, 0], [1], [2], [3], new byte[17], longer, shorter, negative })
            Assert.Contains("are not a value of type SharedBuffer", Assert.Throws<WorkNotPortableException>(() => Decode(bytes)).Message);
    }

    [Fact]
    public async Task Many_buffers_leave_no_descriptor_behind()
    {
        if (!OperatingSystem.IsLinux()) return;
        var executor = Make();
        await SendManyAsync(executor, 10);
        int before = Descriptors();
        await SendManyAsync(executor, 200);
        await Until(() => Descriptors() <= before + 20, "the descriptors are closed");
        Assert.InRange(await Soon(Run(executor, SharedBufferWorks.Descriptors, 0)), 1, before + 200);
    }

    [Theory]
    [MemberData(nameof(Engines), DisableDiscoveryEnumeration = true)]
    public async Task Engines_in_this_process_pass_the_object_itself(Executor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        await using var _ = executor;
        using var buffer = SharedBuffer.Create(10);
        Assert.Same(buffer, await Soon(Run<SharedBuffer, SharedBuffer>(executor, SharedBufferWorks.AddOne, buffer)));
        Assert.Equal(1, buffer.Span[0]);
    }

    [Fact]
    public async Task An_array_is_copied_where_there_is_no_shared_memory_and_comes_back_into_the_same_object()
    {
        var buffer = new SharedBuffer(Guid.NewGuid(), new byte[Large]);
        SharedBufferTable.Add(buffer);
        Assert.Same(buffer, await Soon(Run<SharedBuffer, SharedBuffer>(Make(), SharedBufferWorks.AddOne, buffer)));
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept((byte)1));
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Memory);
    }

    [Fact]
    public void Inside_of_something_else_it_is_refused_with_the_reason()
    {
        Assert.Null(PayloadTypes.WhyNot(typeof(SharedBuffer)));
        Assert.Equal(
            "SharedBuffer can be the work's argument or result itself, but not part of one: JSON would have to copy it (at Pair.Buffer)",
            PayloadTypes.WhyNot(typeof(Pair)));
        Assert.Contains("not part of one", PayloadTypes.WhyNot(typeof((SharedBuffer, int))));
        Assert.Contains("not part of one", PayloadTypes.WhyNot(typeof(SharedBuffer[])));
    }

    [Fact]
    public void Lengths_that_cannot_be_are_refused_and_the_content_is_zero()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedBuffer.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedBuffer.Create(Array.MaxLength - 4095));
        using var buffer = SharedBuffer.Create(Large);
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept((byte)0));
        Assert.Equal(Large / sizeof(double), buffer.AsSpan<double>().Length);
    }

    [Fact]
    public void What_is_pinned_stays_mapped_when_the_buffer_is_disposed()
    {
        var buffer = SharedBuffer.Create(10);
        using var pinned = buffer.Memory.Pin();
        buffer.Dispose();
        unsafe
        {
            *(byte*)pinned.Pointer = 1;
        }
    }

    private static byte[] Encode(SharedBuffer buffer)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Payload.Write(output, buffer);
        return output.WrittenSpan.ToArray();
    }

    private static SharedBuffer Decode(byte[] bytes) => Payload.Read<SharedBuffer>(new(bytes));

    private static int Descriptors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFiles("/proc/self/fd").Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task SendManyAsync(ProcessExecutor executor, int count)
    {
        for (int i = 0; i < count; i++)
        {
            // Half of them are forgotten instead of disposed.
            var buffer = await Soon(Run<SharedBuffer, SharedBuffer>(executor, SharedBufferWorks.AddOne, SharedBuffer.Create(10)));
            var made = await Soon(Run(executor, SharedBufferWorks.Make, 10));
            if (i % 2 == 0) continue;
            buffer.Dispose();
            made.Dispose();
        }
    }

    public sealed record Pair(SharedBuffer Buffer, int Number);

    /// <summary>Takes descriptor numbers that are free, so that the one in a message is an ordinary file.</summary>
    private sealed class Files : IDisposable
    {
        private readonly List<FileStream> _files = [];

        internal Files(byte[] written)
        {
            int descriptor = BitConverter.ToInt32(written, 1 + sizeof(int));
            for (int i = 0; i < descriptor; i++) _files.Add(File.OpenRead(typeof(Files).Assembly.Location));
        }

        public void Dispose() => _files.ForEach(file => file.Dispose());
    }
}
