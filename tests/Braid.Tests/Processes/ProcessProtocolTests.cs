using Braid.Processes;
using Braid.Tests.Support;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>Workers and strangers that break the protocol: that costs the worker and what it ran, and nothing else.</summary>
public abstract class ProcessProtocolTests : ProcessTest
{
    [Theory]
    [InlineData(Attack.UnknownType, "Frame type 99 does not exist")]
    [InlineData(Attack.NegativeLength, "A Result frame announces 4,294,967,295 bytes")]
    [InlineData(Attack.LongStarted, "A Started frame announces 2,147,483,647 bytes; at most 16 are allowed")]
    [InlineData(Attack.LongError, "A Error frame announces 17,825,792 bytes; at most 16,777,216 are allowed")]
    [InlineData(Attack.ShortStarted, "A frame ends too early: 8 bytes are announced and 2 are left")]
    [InlineData(Attack.OtherItem, "which this worker does not have")]
    [InlineData(Attack.ResultBeforeStarted, "which is Sent")]
    [InlineData(Attack.BeginsOther, "A Started frame came for item")]
    [InlineData(Attack.BeginsItself, "which is Started")]
    [InlineData(Attack.CutResult, "A frame ends too early: 8 bytes are announced and 0 are left")]
    [InlineData(Attack.StartedTwice, "which is Started")]
    [InlineData(Attack.ResultTwice, "which this worker does not have")]
    [InlineData(Attack.ParentsFrame, "A parent does not take Call frames")]
    [InlineData(Attack.SecondHello, "A frame ends too early")]
    [InlineData(Attack.BrokenCost, "A frame ends too early")]
    [InlineData(Attack.BrokenError, "A frame ends too early: 2147483647 bytes are announced and 0 are left")]
    [InlineData(Attack.CutFrame, "exit code 3")]
    [InlineData(Attack.HugeResult, "exit code 3")]
    public async Task A_worker_that_breaks_the_protocol_is_ended_with_the_reason_and_the_others_go_on(Attack attack, string reason) =>
        Assert.Contains(reason, await AttackAsync(attack));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_worker_that_sends_random_bytes_is_ended(int seed) =>
        Assert.Contains("broke the protocol", await AttackAsync(Attack.RandomBytes, seed));

    [Theory]
    [InlineData(Attack.EmptyErrorType)]
    [InlineData(Attack.InvalidErrorType)]
    public async Task An_error_of_a_type_that_cannot_be_is_an_error_all_the_same(Attack attack)
    {
        using var once = new TemporaryFile();
        var executor = MakeFakes(attack, 0, once.Path);
        var error = await Assert.ThrowsAsync<RemoteWorkException>(() => Soon(Run(executor, Works.AddOne, FakeWorker.Poison)));
        Assert.Contains("a lie", error.Message);
    }

    [Fact]
    public async Task A_worker_that_speaks_another_version_is_not_taken()
    {
        using var once = new TemporaryFile();
        var executor = MakeFakes(Attack.WrongVersion, 0, once.Path);
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, Works.AddOne, 1)));
        Assert.Contains($"speaks version {Handshake.Version + 1} of the protocol", error.Message);
    }

    [Fact]
    public async Task A_result_that_is_only_announced_takes_no_memory()
    {
        long before = GC.GetTotalAllocatedBytes();
        await AttackAsync(Attack.HugeResult);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200_000_000);
    }

    [Fact]
    public void Strangers_that_send_random_bytes_are_refused()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);

            // Half of them look like a Hello at first.
            if (seed % 2 == 0 && bytes.Length > Frame.HeaderLength) (bytes[1], bytes[2], bytes[3], bytes[4]) = (0, 0, 0, (byte)FrameType.Hello);
            var stream = new StrangerStream(bytes);
            var refusal = Assert.ThrowsAny<Exception>(void () => Handshake.Accept(stream, new FrameReader(stream), new(0, 1, "", "secret")));
            Assert.True(refusal is InvalidFrameException or IOException, $"Seed {seed}: {refusal}");
        }
    }

    private protected ProcessExecutor MakeFakes(Attack attack, int seed, string oncePath) =>
        Make(new ProcessOptions { Workers = 2, EnvironmentVariables = FakeWorker.Variables(attack, seed, oncePath) });

    /// <summary>Runs many items, one of which makes its worker strike. Returns why the worker was lost.</summary>
    private protected async Task<string> AttackAsync(Attack attack, int seed = 0)
    {
        using var once = new TemporaryFile();
        var executor = MakeFakes(attack, seed, once.Path);
        var outcomes = await executor.OutcomesAsync(Enumerable.Range(0, 100), Work.Of<int, int>(Works.AddOne), new() { MaxConcurrency = 32 }).ToListAsync().Bounded();
        Assert.Equal(Enumerable.Range(0, 100), outcomes.Select(o => o.Arg));
        Assert.All(outcomes.Where(o => o.Arg != FakeWorker.Poison), o => Assert.Equal(o.Arg + 1, o.Result));
        var poisoned = outcomes[FakeWorker.Poison];
        if (!poisoned.Succeeded) Assert.Contains("Works.AddOne", Assert.IsType<WorkerLostException>(poisoned.Exception).Message);
        await Until(() => Lost().Any(), "the worker is lost");
        string reason = Assert.Single(Lost()).Detail!;
        int processId = int.Parse(reason.Split(' ')[1].TrimEnd(':'), System.Globalization.CultureInfo.InvariantCulture);
        Assert.False(IsAlive(processId));
        return $"{reason} {poisoned.Exception?.Message}";
    }

    private IEnumerable<TraceEvent> Lost() => Timeline.Events.Where(e => e.Phase == TracePhase.WorkerLost);

    /// <summary>Gives what a stranger sends, and takes what it is sent.</summary>
    private sealed class StrangerStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }
    }
}

public sealed class ProcessProtocolOnSocketTests : ProcessProtocolTests
{
    protected override WorkerTransport Transport => WorkerTransport.Socket;
}

public sealed class ProcessProtocolOnSharedMemoryTests : ProcessProtocolTests
{
    public ProcessProtocolOnSharedMemoryTests()
    {
        if (!Libc.HasFutex) Assert.Skip("Shared memory is for Linux.");
    }

    protected override WorkerTransport Transport => WorkerTransport.SharedMemory;

    [Theory]
    [InlineData(Attack.ByteOnSocket, "wrote to the socket")]
    [InlineData(Attack.TailAhead, "The shared memory is broken: 9223372036854775807 bytes were written")]
    [InlineData(Attack.TailBack, "The shared memory is broken: 1 bytes were written")]
    public async Task A_worker_that_writes_where_it_should_not_is_ended(Attack attack, string reason) => Assert.Contains(reason, await AttackAsync(attack));

    [Fact]
    public async Task A_worker_that_claims_to_have_read_what_was_not_written_is_ended_and_the_call_goes_elsewhere()
    {
        using var once = new TemporaryFile();
        var executor = MakeFakes(Attack.HeadAhead, 0, once.Path);
        Assert.Equal(FakeWorker.Poison + 1, await Soon(Run(executor, Works.AddOne, FakeWorker.Poison)));

        // The longest that travels in its frame, so that the ring is too full to be written without a look at the index.
        byte[] large = new byte[LargePayloads.Threshold - 2];
        var same = await Task.WhenAll(Soon(Run(executor, Works.Same<byte[]>, large)), Soon(Run(executor, Works.Same<byte[]>, large)));
        Assert.All(same, s => Assert.Equal(large, s));
        await Until(() => Timeline.Events.Any(e => e.Phase == TracePhase.WorkerLost), "the worker is lost");
        Assert.Contains("The shared memory is broken", Timeline.Events.Single(e => e.Phase == TracePhase.WorkerLost).Detail);
    }
}
