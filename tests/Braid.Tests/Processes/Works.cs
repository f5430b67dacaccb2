using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Braid.Tests.Support;

namespace Braid.Tests.Processes;

/// <summary>Work for other processes: static, and all it needs is in the argument.</summary>
public static class Works
{
    private static readonly AsyncLocal<string?> Leftover = new();
    private static int _calls;

    public static int AddOne(int x) => x + 1;

    public static T Same<T>(T value) => value;

    public static int ProcessId(int ignored) => Environment.ProcessId;

    public static int CountCalls(int ignored) => ++_calls;

    public static int ThreadId(int ignored) => Environment.CurrentManagedThreadId;

    public static async Task<int> AddOneLaterAsync(int x)
    {
        await Task.Yield();
        return x + 1;
    }

    public static async ValueTask<int> AddOneSoonAsync(int x, CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken);
        return x + 1;
    }

    public static int WithToken(int x, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled ? x : -1;

    public static int Throw(string message) => throw new InvalidOperationException(message);

    public static int ThrowUnknown(int x) => throw new OrderException(x, "is late");

    public static int ThrowHidden(int x) => throw new HiddenException("nobody can make me");

    public static int ThrowNullArgument(string name) => throw new ArgumentNullException(name, "must be there");

    public static int ThrowNested(int x) => throw new InvalidOperationException("outer", new FormatException("inner"));

    public static int ThrowHostile(int x) => throw new HostileException("x");

    public static Unwritable ReturnUnwritable(int x) => new();

    public static int TakeUnreadable(Unreadable value) => 1;

    public static int SleepForever(int x)
    {
        Thread.Sleep(Timeout.Infinite);
        return x;
    }

    public static async Task<int> WaitForCancelAsync(int x, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return x;
    }

    public static int Sleep(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }

    public static async Task<int> PassAndTellProcessIdAsync(GateCall call, CancellationToken cancellationToken)
    {
        await Support.Works.PassAsync(call, cancellationToken);
        return Environment.ProcessId;
    }

    public static int End(string how)
    {
        switch (how)
        {
            case "exit":
                Console.Error.WriteLine("leaving now");
                Environment.Exit(7);
                break;
            case "fail fast":
                Environment.FailFast("on purpose");
                break;
            case "kill":
                using (var self = Process.GetCurrentProcess()) self.Kill();
                Thread.Sleep(Timeout.Infinite);
                break;
            case "overflow":
                return Recurse(1);
        }

        return 0;
    }

    public static int EndIf(int x)
    {
        if (x == 13) Environment.Exit(7);
        return x;
    }

    public static int Print(string text)
    {
        Console.WriteLine(text);
        Console.Error.WriteLine("error " + text);
        return text.Length;
    }

    public static int PrintMuch(int lines)
    {
        for (int i = 0; i < lines; i++) Console.WriteLine(new string('x', 200));
        return lines;
    }

    public static string? Trace(int ignored) => Activity.Current is { } activity ? $"{activity.TraceId} {activity.ParentSpanId} {activity.TraceStateString}" : null;

    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    public static string Variables(string prefix) =>
        string.Join(",", Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(k => k.StartsWith(prefix, StringComparison.Ordinal)));

    public static string? Swap(string value)
    {
        string? old = Leftover.Value;
        Leftover.Value = value;
        return old;
    }

    public static byte[] Turn(byte[] bytes)
    {
        Array.Reverse(bytes);
        return bytes;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth) => Recurse(depth + 1) + Recurse(depth + 2);
}

internal static class Generic<TOuter>
{
    internal static string Names<TInner>(TInner value) => $"{typeof(TOuter).Name} {typeof(TInner).Name} {value}";
}

public sealed record Point(int X, string? Label)
{
    public List<double> Values { get; init; } = [];
}

public enum Colour { Red, Green = 7 }

[JsonDerivedType(typeof(Circle), "circle")]
public abstract record Shape;

public sealed record Circle(double Radius) : Shape;

public record Animal(string Name);

public sealed record Dog(string Name, int Tricks) : Animal(Name);

public sealed class OrderException(int order, string what) : Exception($"Order {order} {what}");

internal sealed class HiddenException : Exception
{
    internal HiddenException(string message) : base(message)
    {
    }
}

public sealed class HostileException(string message) : Exception(message)
{
    public override string Message => throw new InvalidOperationException("no message for you");

    public override string? StackTrace => throw new InvalidOperationException("no stack for you");
}

public sealed class Unwritable
{
    public int Value { get => throw new InvalidOperationException("this getter throws"); set => _ = value; }
}

public sealed class Unreadable(int value)
{
    public int Value { get; } = value > 0 ? -value : throw new InvalidOperationException("this constructor throws");
}
