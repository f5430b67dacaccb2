using Braid.Tests.Wire;
using Xunit;

namespace Braid.Tests.Processes;

/// <summary>Payloads that both processes have to see in the same way.</summary>
public sealed class ProcessPayloadTests : ProcessTest
{
    [Fact]
    public async Task A_worker_uses_the_context_that_the_assembly_names()
    {
        var executor = Make();
        var sent = new Temperature(new Celsius("21.5"), "here", new() { ["TwoWords"] = 1 });
        Assert.Equal(1, await Soon(Run(executor, CountReads, sent)));
        var results = await Soon(Run<List<Temperature>, List<Temperature>>(executor, Works.Same, [sent]));
        Assert.Equal(("21.5", 1), (results[0].MeasuredValue.ToString(), results[0].Counts["TwoWords"]));
    }

    [Fact]
    public async Task Numbers_lists_structs_and_texts_are_the_same_on_both_sides()
    {
        var executor = Make();
        Assert.Equal([1, 2], await Soon(Run<List<int>, List<int>>(executor, Works.Same, [1, 2])));
        Assert.Equal(DateTimeKind.Utc, (await Soon(Run<DateTime?, DateTime?>(executor, Works.Same, DateTime.UnixEpoch)))!.Value.Kind);
        Assert.Equal([(1, 2f)], await Soon(Run<(int, float)[], (int, float)[]>(executor, Works.Same, [(1, 2f)])));
        Assert.Equal([2, 3], await Soon(Run(executor, Works.Same<ArraySegment<long>>, new ArraySegment<long>([1, 2, 3], 1, 2))));
        Assert.Equal("lone \ud83d", await Soon(Run(executor, Works.Same<string>, "lone \ud83d")));
    }

    [Fact]
    public async Task What_nobody_can_set_comes_back_from_a_worker()
    {
        var account = new SavingsAccount("Ann", 1.5m) { Limit = 3 };
        account.Lines.Add("a");
        var copy = await Soon(Run(Make(), Works.Same<SavingsAccount>, account));
        Assert.Equal(("Ann", 1.5m, 3, "a"), (copy.Owner, copy.Rate, copy.Limit, copy.Lines.Single()));
    }

    [Fact]
    public async Task A_type_that_would_lose_data_is_refused_before_a_worker_starts()
    {
        var error = await Assert.ThrowsAsync<WorkNotPortableException>(() => Soon(Run<PayloadRefusalTests.Counter, PayloadRefusalTests.Counter>(Make(), Works.Same, new())));
        Assert.Contains("its argument cannot be sent: Counter has a field '_count'", error.Message);
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task A_derived_object_deep_inside_fails_its_own_item_on_either_side()
    {
        var executor = Make();
        var outcomes = new List<Outcome<bool, List<Animal>>>();
        await foreach (var outcome in executor.OutcomesAsync([false, true, false], Work.Of<bool, List<Animal>>(Animals))) outcomes.Add(outcome);
        Assert.Equal([true, false, true], outcomes.Select(o => o.Exception is null));
        Assert.Contains("A Dog was given where Animal is declared", outcomes[1].Exception!.Message);
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    private static int CountReads(Temperature temperature) => Celsius.Reads;

    private static List<Animal> Animals(bool withDog) => withDog ? [new Animal("A"), new Dog("Rex", 3)] : [new Animal("A")];
}
