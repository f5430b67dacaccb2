using Xunit;

namespace Braid.Tests.Processes;

public abstract class ProcessErrorTests : ProcessTest
{
    [Fact]
    public async Task A_remote_exception_keeps_its_type_and_message_and_shows_the_remote_stack()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Soon(Run(Make(), Works.Throw, "broken: ä")));
        Assert.Equal("broken: ä", error.Message);
        Assert.Contains("Works.Throw", error.StackTrace);
        Assert.Contains("worker 0 (process", error.StackTrace);
    }

    [Fact]
    public async Task An_exception_whose_string_is_a_parameter_name_keeps_its_message()
    {
        var error = await Assert.ThrowsAsync<ArgumentNullException>(() => Soon(Run(Make(), Works.ThrowNullArgument, "size")));
        Assert.Equal("must be there (Parameter 'size')", error.Message);
    }

    [Fact]
    public async Task An_exception_that_cannot_be_rebuilt_becomes_a_remote_work_exception()
    {
        var executor = Make();
        var error = await Assert.ThrowsAsync<RemoteWorkException>(() => Soon(Run(executor, Works.ThrowUnknown, 5)));
        Assert.Equal(typeof(OrderException).FullName, error.ErrorType);
        Assert.Contains("Order 5 is late", error.Message);
        Assert.Contains("Works.ThrowUnknown", error.RemoteStackTrace);
        Assert.Equal(typeof(HiddenException).FullName, (await Assert.ThrowsAsync<RemoteWorkException>(() => Soon(Run(executor, Works.ThrowHidden, 5)))).ErrorType);
    }

    [Fact]
    public async Task Inner_exceptions_are_in_the_stack_as_text()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Soon(Run(Make(), Works.ThrowNested, 5)));
        Assert.Contains("System.FormatException: inner", error.StackTrace);
    }

    [Fact]
    public async Task An_exception_whose_own_members_throw_does_not_end_the_worker()
    {
        var executor = Make();
        var error = await Assert.ThrowsAsync<RemoteWorkException>(() => Soon(Run(executor, Works.ThrowHostile, 5)));
        Assert.Equal(typeof(HostileException).FullName, error.ErrorType);
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task An_argument_that_cannot_be_encoded_fails_its_item_before_a_worker_has_it()
    {
        var executor = Make();
        var error = await Assert.ThrowsAnyAsync<BraidException>(() => Soon(Run(executor, Works.Same<Unwritable>, new Unwritable())));
        Assert.Contains("Unwritable", error.Message);
        Assert.Contains("this getter throws", error.Message);
        Assert.DoesNotContain(Timeline.Events, e => e.Phase == TracePhase.Started);
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
    }

    [Fact]
    public async Task A_derived_object_that_would_lose_what_it_adds_is_refused()
    {
        var error = await Assert.ThrowsAnyAsync<BraidException>(() => Soon(Run(Make(), Works.Same<Animal>, new Dog("Rex", 3))));
        Assert.Contains("Dog", error.Message);
        Assert.Contains("[JsonDerivedType]", error.Message);
    }

    [Fact]
    public async Task A_result_that_cannot_be_encoded_fails_its_item_and_the_worker_stays()
    {
        var executor = Make();
        var error = await Assert.ThrowsAnyAsync<BraidException>(() => Soon(Run(executor, Works.ReturnUnwritable, 1)));
        Assert.Contains("Unwritable", error.Message);
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task An_argument_that_cannot_be_decoded_fails_its_item_and_the_worker_stays()
    {
        var executor = Make();
        var error = await Assert.ThrowsAnyAsync<BraidException>(() => Soon(Run(executor, Works.TakeUnreadable, new Unreadable(3))));
        Assert.Contains("Unreadable", error.Message);
        Assert.Equal(2, await Soon(Run(executor, Works.AddOne, 1)));
        Assert.Single(Timeline.Events, e => e.Phase == TracePhase.WorkerStarted);
    }

    [Fact]
    public async Task Work_that_captures_is_refused_with_the_name_of_what_it_captures()
    {
        int limit = Environment.ProcessorCount;
        var error = await Assert.ThrowsAsync<WorkNotPortableException>(() => Soon(Run(Make(), (int x) => x + limit, 1)));
        Assert.Contains("'limit'", error.Message);
        Assert.Contains("use a ThreadExecutor", error.Message);
    }

    [Fact]
    public async Task After_an_error_the_other_items_of_a_map_have_their_results()
    {
        var outcomes = new List<Outcome<string, int>>();
        await foreach (var outcome in Make(2).OutcomesAsync(["a", "b", "c"], Work.Of<string, int>(Works.Throw))) outcomes.Add(outcome);
        Assert.Equal(["a", "b", "c"], outcomes.Select(o => o.Exception!.Message));
    }

    [Fact]
    public async Task An_item_may_be_tried_again()
    {
        var outcomes = new List<Outcome<string, int>>();
        await foreach (var outcome in Make(1).OutcomesAsync(["a"], Work.Of<string, int>(Works.Throw), new() { MaxAttempts = 3 })) outcomes.Add(outcome);
        Assert.Equal(3, outcomes.Single().Attempts);
    }
}
