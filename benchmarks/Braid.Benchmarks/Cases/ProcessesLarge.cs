using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks.Cases;

/// <summary>What it costs to send a large array to a worker process and to get one back.</summary>
internal static class ProcessesLarge
{
    private const int Mebibyte = 1024 * 1024;
    private const byte Content = 5;

    internal static Benchmark Benchmark { get; } = new()
    {
        Name = "processes-large",
        Description = "64 MiB from an array of the program to a worker process, and 64 MiB from there into an array of the program; both directions count.",
        Unit = "GB/s",
        Items = 64,
        Warmups = 1,
        Counted = 5,
        Entrants =
        [
            Entrant.Ours("RunAsync, SharedBuffer", SharedAsync),
            Entrant.Ours("RunAsync, SharedBuffer, each byte + 1", AddOneAsync),
            Entrant.Ours("RunAsync, byte[]", CopiedAsync),
            Entrant.DotNet("two memory copies, one process", BareAsync),
            Entrant.Python("shared_memory, in place", "large", "shared-memory-in-place"),
            Entrant.Python("shared_memory, copied by the worker", "large", "shared-memory"),
            Entrant.Python("Pipe", "large", "pipe"),
            Entrant.Python("ProcessPoolExecutor.submit", "large", "executor"),
            Entrant.Python("Pool.apply", "large", "pool"),
        ],
    };

    private static Task SharedAsync(Rounds rounds) => InBufferAsync(rounds, Work.Of<SharedBuffer, SharedBuffer>(Same), Content);

    private static Task AddOneAsync(Rounds rounds) => InBufferAsync(rounds, Work.Of<SharedBuffer, SharedBuffer>(AddOne), Content + 1);

    private static async Task InBufferAsync(Rounds rounds, Work<SharedBuffer, SharedBuffer> work, byte expected)
    {
        await using var executor = ProcessWorkloads.NewExecutor();
        byte[] source = NewSource(rounds);
        byte[] target = new byte[source.Length];
        using var buffer = SharedBuffer.Create(source.Length);
        await rounds.BandwidthAsync(2L * source.Length, async () =>
        {
            source.CopyTo(buffer.Span);
            (await executor.RunAsync(work, buffer)).Span.CopyTo(target);
            return target[0] == expected && target[^1] == expected;
        });
    }

    private static async Task CopiedAsync(Rounds rounds)
    {
        await using var executor = ProcessWorkloads.NewExecutor();
        byte[] source = NewSource(rounds);
        var work = Work.Of<byte[], byte[]>(Same);
        await rounds.BandwidthAsync(2L * source.Length, async () =>
        {
            byte[] target = await executor.RunAsync(work, source);
            return target.Length == source.Length && target[0] == Content && target[^1] == Content;
        });
    }

    private static Task BareAsync(Rounds rounds)
    {
        byte[] source = NewSource(rounds);
        byte[] middle = new byte[source.Length];
        byte[] target = new byte[source.Length];
        return rounds.BandwidthAsync(2L * source.Length, () =>
        {
            source.CopyTo(middle.AsSpan());
            middle.CopyTo(target.AsSpan());
            return Task.FromResult(target[0] == Content && target[^1] == Content);
        });
    }

    private static byte[] NewSource(Rounds rounds)
    {
        byte[] source = new byte[rounds.Items * Mebibyte];
        source.AsSpan().Fill(Content);
        return source;
    }

    private static T Same<T>(T value) => value;

    private static SharedBuffer AddOne(SharedBuffer buffer)
    {
        var numbers = buffer.AsSpan<ulong>();

        // Eight at once; none of them is 255.
        for (int i = 0; i < numbers.Length; i++) numbers[i] += 0x0101010101010101;
        return buffer;
    }
}
