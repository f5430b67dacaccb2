// Eight million numbers go to a worker process and back, and nothing is copied: both see the same memory.
#:project ../src/Braid/Braid.csproj
using Braid;

const int Count = 8_000_000;

await using var executor = new ProcessExecutor(new ProcessOptions { Workers = 1 });

// One buffer for all calls: memory that is touched for the first time costs more than copying it would.
using var buffer = SharedBuffer.Create(Count * sizeof(double));

for (int round = 1; round <= 3; round++)
{
    var numbers = buffer.AsSpan<double>();
    for (int i = 0; i < Count; i++) numbers[i] = i * round;

    var same = await executor.RunAsync(Arrays.Halve, buffer);
    Console.WriteLine($"round {round}: the last number is {same.AsSpan<double>()[^1]:F1}, in {(same == buffer ? "the same buffer" : "another buffer")}");
}

// One that the worker has made is ours when it arrives, and ours to dispose.
using var squares = await executor.RunAsync(Arrays.Squares, 5);
Console.WriteLine($"squares: {string.Join(", ", squares.AsSpan<double>().ToArray())}");

static class Arrays
{
    public static SharedBuffer Halve(SharedBuffer buffer)
    {
        foreach (ref double number in buffer.AsSpan<double>()) number /= 2;
        return buffer;
    }

    public static SharedBuffer Squares(int count)
    {
        var buffer = SharedBuffer.Create(count * sizeof(double)); // Not with using: it goes to the caller.
        var numbers = buffer.AsSpan<double>();
        for (int i = 0; i < count; i++) numbers[i] = i * i;
        return buffer;
    }
}
