using Braid.Items;
using Braid.Loops;

namespace Braid;

public sealed partial class EventLoop
{
    /// <summary>On a loop with a seed: turns so far.</summary>
    internal long TurnCount => _simulation!.Turns;

    /// <summary>On a loop with a seed: how often code of the loop has begun to run on another thread.</summary>
    internal int DepartureCount => _simulation!.Outside.Departures;

    /// <summary>Runs a test under many seeds, and stops at the first under which it fails.</summary>
    /// <param name="main">The test: called once for each seed, on a loop of its own. Everything that it changes it must make itself.</param>
    /// <param name="seeds">How many seeds, 1 or more.</param>
    /// <param name="options">How each loop is set up; null: the defaults. Its Seed is the first one; without it that is 0.</param>
    /// <remarks>
    /// What ends a run badly: an exception of main or of a callback that nobody awaits, and a deadlock. To replay: Run with the seed, or
    /// Explore with it as the first and one seed. A seed says nothing about another version of the test, or of Braid.
    /// </remarks>
    /// <exception cref="SeedFailedException">A run failed. Its message has the seed.</exception>
    /// <exception cref="InvalidOperationException">This thread runs an event loop already.</exception>
    public static void Explore(Func<CancellationToken, Task> main, int seeds = 1000, LoopOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(main);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        RefuseNested();
        options ??= new LoopOptions();
        var first = options.Seed ?? 0;
        (options with { Seed = first }).Validate();
        for (var run = 0; run < seeds; run++)
        {
            var seed = unchecked(first + run);
            try
            {
                Run(main, options with { Seed = seed });
            }
            catch (Exception exception)
            {
                throw new SeedFailedException(
                    FormattableString.Invariant($"Failed with seed {seed} (of {run + 1} tried): {exception.GetType().Name}: {ExceptionText.MessageOf(exception)}\nTo replay it: new LoopOptions {{ Seed = {seed} }}"),
                    seed,
                    exception);
            }
        }
    }

    /// <summary>
    /// On a loop with a seed: completes when nothing else is ready and nothing is under way between sockets. Time passes only as what is under
    /// way needs it; sleeps and timers may be left.
    /// </summary>
    /// <remarks>For tests: "the server has done all it can do with this". The loop's thread only.</remarks>
    /// <exception cref="InvalidOperationException">The loop has no <see cref="LoopOptions.Seed"/>, or this is not its thread.</exception>
    /// <exception cref="OperationCanceledException">The loop ended.</exception>
    public Task WaitUntilIdleAsync() => RequireSimulation(nameof(WaitUntilIdleAsync)).UntilIdleAsync();

    /// <summary>
    /// On a loop with a seed: lets time pass until nothing is left that time could bring: nothing is ready, under way, or waits for a timer.
    /// A periodic timer keeps it from ever completing.
    /// </summary>
    /// <remarks>For tests: "whatever was to come has come". The loop's thread only.</remarks>
    /// <exception cref="InvalidOperationException">The loop has no <see cref="LoopOptions.Seed"/>, or this is not its thread.</exception>
    /// <exception cref="OperationCanceledException">The loop ended.</exception>
    public Task AdvanceUntilIdleAsync() => RequireSimulation(nameof(AdvanceUntilIdleAsync)).UntilTimelessAsync();

    private Loops.Simulation RequireSimulation(string member)
    {
        if (_simulation is not { } simulation)
            throw new InvalidOperationException($"EventLoop.{member} needs a loop with LoopOptions.Seed: on the real clock and the real network nobody knows what is still to come.");
        if (!IsCurrentThread) throw new InvalidOperationException($"EventLoop.{member} must be called on the loop's own thread.");
        return simulation;
    }

    /// <summary>From now on a loop that can do nothing any more ends with an error; only a loop with a seed can know.</summary>
    internal void FindDeadlocks()
    {
        if (Poller is MemoryPoller memory) memory.FindsDeadlocks = true;
    }

    /// <summary>As <see cref="Require"/>, for members that have to do with the world outside.</summary>
    internal static EventLoop RequireReal(string member)
    {
        var loop = Require(member);
        return loop.IsSimulated ? throw new NotSupportedException($"{member} reaches outside, which a loop with a seed does not; take LoopOptions.Seed off for this test.") : loop;
    }
}
