namespace Braid.Cli.Tests.Support;

/// <summary>Methods that the tests name on the command line: this assembly is a .dll like any user's.</summary>
public static class SampleWorks
{
    private static int _calls;

    public static int Square(int x) => x * x;

    public static int SquareWithToken(int x, CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested ? 0 : x * x;

    public static Task<int> SquareTask(int x) => Task.FromResult(x * x);

    public static async Task<int> SquareTaskWithToken(int x, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return cancellationToken.IsCancellationRequested ? 0 : x * x;
    }

    public static ValueTask<int> SquareValueTask(int x) => new(x * x);

    public static ValueTask<int> SquareValueTaskWithToken(int x, CancellationToken cancellationToken) => new(cancellationToken.IsCancellationRequested ? 0 : x * x);

    public static double Length(Vector vector) => Math.Sqrt(vector.X * vector.X + vector.Y * vector.Y);

    public static Vector Twice(Vector vector) => new(2 * vector.X, 2 * vector.Y);

    public static Stream Opens(string text) => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));

    public static int FailsAtTwo(int x) => x == 2 ? throw new FormatException("two is not to my liking") : x;

    public static int EndsItsProcessAtTwo(int x)
    {
        if (x == 2) Environment.Exit(3);
        return x;
    }

    public static int FailsInRed(int x) => throw new FormatException($"\u001b[31m{x}\u001b[0m\nis not to my liking");

    public static int FailsUnreadably(int x) => throw new UnreadableException(x);

    public static IEnumerable<int> Iterates(int x)
    {
        yield return x;
    }

    public static Task<IEnumerable<int>> IteratesLater(int x) => Task.FromResult(Iterates(x));

    public static IReadOnlyList<int> Lists(int x) => new[] { x };

    public static int Counts(int x) => x + Interlocked.Increment(ref _calls);

    public static async Task<int> WaitsForEver(int x, CancellationToken cancellationToken)
    {
        WaitsForEverHasBegun.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return x;
    }

    public static TaskCompletionSource WaitsForEverHasBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static int Blocks(int x)
    {
        BlocksHasBegun.TrySetResult();
        Release.Wait();
        return x;
    }

    public static TaskCompletionSource BlocksHasBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static ManualResetEventSlim Release { get; } = new();

    public static int TwoParameters(int x, int y) => x + y;

    public static int NoParameters() => 1;

    public static int OnlyToken(CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested ? 1 : 0;

    public static void ReturnsNothing(int x) => _ = x;

    public static Task ReturnsTask(int x) => Task.FromResult(x);

    public static T Generic<T>(T x) => x;

    public static int OfSpan(Span<int> numbers) => numbers.Length;

    public static int ByReference(ref int x) => x;

    public static int Overloaded(int x) => x;

    public static int Overloaded(string x) => x.Length;

    internal static int NotPublic(int x) => Hidden(x);

    private static int Hidden(int x) => -x;

    public static class Nested
    {
        public static int Half(int x) => x / 2;
    }

    public sealed record Vector(double X, double Y);

    public sealed record Named(string Name, int Count = 1);
}

public sealed class OtherSampleWorks
{
    public static string Square(string text) => text + text;

    public int Instance(int x) => x + GetHashCode();
}

/// <summary>An exception as careless code has them.</summary>
public sealed class UnreadableException(int x) : Exception
{
    public override string Message => throw new InvalidOperationException($"no message for {x}");
}
