// One function, a few arguments, one executor. Results come in source order, whatever finishes first.
#:project ../src/Braid/Braid.csproj
using Braid;

await using var executor = new ThreadExecutor();
await foreach (var item in executor.OutcomesAsync([10, 1_000, 100_000, -1], Primes.CountBelow))
    Console.WriteLine(item.Succeeded ? $"{item.Result} primes below {item.Arg}" : $"{item.Arg}: {item.Exception!.Message}");

static class Primes
{
    public static int CountBelow(int limit) =>
        limit < 0 ? throw new ArgumentException("A limit is not negative.") : Enumerable.Range(0, limit).Count(IsPrime);

    static bool IsPrime(int n) => n > 1 && !Enumerable.Range(2, (int)Math.Sqrt(n) - 1).Any(d => n % d == 0);
}
