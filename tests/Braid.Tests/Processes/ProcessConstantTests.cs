using System.Text.Json;
using System.Text.Json.Serialization;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>A constant travels to each worker once. The names are the sentences of docs/semantics.md §3.</summary>
public abstract class ProcessConstantTests : ProcessTest
{
    [Fact]
    public async Task A_constant_is_sent_and_decoded_once_per_worker_however_many_items_have_it()
    {
        var executor = Make(workers: 2);
        var rows = new Table([1, 2, 3]);
        var table = Constant.Of(rows);
        await CheckSize(executor, 2);
        rows.Encodings = 0;
        var decodings = await executor.MapAsync(Enumerable.Range(0, 300).Select(i => (table, i)), Decodings).ToListAsync().Bounded();
        Assert.All(decodings, count => Assert.Equal(1, count));
        Assert.InRange(rows.Encodings, 1, 2);
    }

    [Fact]
    public async Task A_constant_may_be_the_argument_itself_or_any_part_of_it()
    {
        var executor = Make();
        var bytes = Constant.Of(new byte[] { 1, 2, 3 });
        Assert.Equal(6, await Soon(Run(executor, Sum, bytes)));
        Assert.Equal(6 + 6 + 4, await Soon(Run(executor, SumOfAll, new Parts([bytes, bytes], null, 4))));
        var nested = Constant.Of(new Parts([bytes], Constant.Of("four"), 0));
        Assert.Equal(6 + 4, await Soon(Run(executor, SumOfNested, (nested, bytes))));
    }

    [Fact]
    public async Task A_constant_is_larger_than_any_buffer()
    {
        var executor = Make(workers: 2);
        byte[] data = new byte[20_000_000];
        Random.Shared.NextBytes(data);
        var constant = Constant.Of(data);
        long expected = Sum(constant);
        var sums = await executor.MapAsync(Enumerable.Range(0, 20).Select(_ => constant), Sum, new MapOptions { MaxConcurrency = 8 }).ToListAsync().Bounded();
        Assert.All(sums, sum => Assert.Equal(expected, sum));
    }

    [Fact]
    public async Task A_worker_in_the_place_of_another_gets_the_constants_too()
    {
        var executor = Make();
        var table = Constant.Of(new Table([7]));
        Assert.Equal(1, await Soon(Run(executor, Decodings, (table, 0))));
        await Assert.ThrowsAsync<WorkerLostException>(() => Soon(Run(executor, CrashWith, table)));
        Assert.Equal(1, await Soon(Run(executor, Decodings, (table, 0))));
        Assert.Equal(7, await Soon(Run(executor, First, table)));
    }

    [Fact]
    public async Task A_constant_that_cannot_be_encoded_fails_its_items_and_nothing_else()
    {
        var executor = Make();
        var bad = Constant.Of(new Unencodable());
        for (int i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAnyAsync<BraidException>(() => Soon(Run(executor, Ignore, (bad, Constant.Of(1)))));
            Assert.Contains("never in my life", error.Message);
        }

        Assert.Equal(6, await Soon(Run(executor, Sum, Constant.Of(new byte[] { 1, 2, 3 }))));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task A_constant_that_cannot_be_decoded_fails_its_items_and_the_worker_stays()
    {
        var executor = Make();
        var bad = Constant.Of(new Undecodable());
        for (int i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAnyAsync<BraidException>(() => Soon(Run(executor, IgnoreUndecodable, bad)));
            Assert.Contains("it came to pieces", error.Message);
        }

        Assert.Equal(6, await Soon(Run(executor, Sum, Constant.Of(new byte[] { 1, 2, 3 }))));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task A_constant_is_no_result()
    {
        var error = await Assert.ThrowsAnyAsync<BraidException>(() => Soon(Run(Make(), Works.Same<Constant<int>>, Constant.Of(1))));
        Assert.Contains("A Constant<Int32> can be part of a work's argument, and of nothing else. Return or write its Value.", error.Message);
    }

    [Fact]
    public async Task What_a_constant_holds_must_be_able_to_travel()
    {
        var error = await Assert.ThrowsAsync<WorkNotPortableException>(() => Soon(Run(Make(), Invoke, (Constant.Of<Action>(() => { }), 1))));
        Assert.Contains("Action is a delegate", error.Message);
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task Work_may_hand_its_constants_on_to_workers_of_its_own()
    {
        // So that the numbers of the two processes differ.
        _ = Constant.Of(0);
        Assert.Equal(6, await Soon(Make().RunAsync(SumFurtherDownAsync, Constant.Of(new byte[] { 1, 2, 3 }))));
    }

    [Fact]
    public async Task Items_that_are_sent_again_find_their_constants()
    {
        var executor = Make(workers: 3);
        var table = Constant.Of(new Table([1]));
        var items = Enumerable.Range(0, 60).Select(i => (table, i));
        var outcomes = await executor.OutcomesAsync(items, CrashSometimes, new MapOptions { MaxConcurrency = 30 }).ToListAsync().Bounded();
        Assert.Equal([20, 40], outcomes.Where(o => o.Exception is WorkerLostException).Select(o => (int)o.Index));
        Assert.All(outcomes.Where(o => o.Index is not (20 or 40)), o => Assert.Equal((int)o.Index + 1, o.Result));
    }

    private static int Decodings((Constant<Table> Table, int Index) item) => item.Table.Value.Numbers.Length > 0 ? Table.Decodings : -1;

    private static long Sum(Constant<byte[]> bytes) => bytes.Value.Sum(b => (long)b);

    private static long SumOfAll(Parts parts) => parts.Bytes.Sum(Sum) + parts.Number + (parts.Text?.Value.Length ?? 0);

    private static long SumOfNested((Constant<Parts> Parts, Constant<byte[]> Bytes) item) =>
        ReferenceEquals(item.Parts.Value.Bytes[0], item.Bytes) ? SumOfAll(item.Parts.Value) : -1;

    private static int CrashWith(Constant<Table> table) => Crashes.FaultInNativeCode(table.Value.Numbers[0]);

    private static int CrashSometimes((Constant<Table> Table, int Index) item) =>
        item.Index is 20 or 40 ? Crashes.FaultInNativeCode(0) : item.Table.Value.Numbers[0] + item.Index;

    private static int First(Constant<Table> table) => table.Value.Numbers[0];

    private static int Ignore((Constant<Unencodable> Bad, Constant<int> Good) item) => 1;

    private static int IgnoreUndecodable(Constant<Undecodable> bad) => 1;

    private static int Invoke((Constant<Action> Action, int Index) item) => 1;

    private static async Task<long> SumFurtherDownAsync(Constant<byte[]> bytes)
    {
        await using var executor = new ProcessExecutor(new() { Workers = 1 });
        return await executor.RunAsync(Sum, bytes);
    }

    public sealed record Parts(Constant<byte[]>[] Bytes, Constant<string>? Text, int Number);

    public sealed class Table
    {
        private readonly int[] _numbers;

        [JsonConstructor]
        public Table(int[] numbers)
        {
            _numbers = numbers;
            Decodings++;
        }

        [JsonIgnore]
        public int Encodings { get; set; }

        /// <summary>In a worker nobody else makes one.</summary>
        public static int Decodings { get; private set; }

        public int[] Numbers
        {
            get
            {
                Encodings++;
                return _numbers;
            }
        }
    }

    public sealed class Unencodable
    {
        public int Number
        {
            get => throw new NotSupportedException("never in my life");
            set => _ = value;
        }
    }

    [JsonConverter(typeof(PiecesConverter))]
    public sealed class Undecodable;

    private sealed class PiecesConverter : JsonConverter<Undecodable>
    {
        public override Undecodable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new JsonException("it came to pieces");

        public override void Write(Utf8JsonWriter writer, Undecodable value, JsonSerializerOptions options) => writer.WriteNumberValue(1);
    }
}
