using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Tracing;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Braid.Loops;

/// <summary>Finds async methods that began on a loop and go on on another thread. One for all loops of the process that ask for it.</summary>
/// <remarks>
/// <code>
///   .NET tells, on the thread concerned, through its event source for tasks:
///
///   an async method has to wait for the first time   → on a loop's thread, and the user's code?  remember: number → loop, method
///   it goes on                                       → remembered, and not on that loop's thread?  tell, and forget
///   it ends                                          → forget
/// </code>
/// A method that never ends is forgotten with its loop. While nobody asks, nothing listens and nothing is paid. While somebody does,
/// every await of the process pays about a microsecond, and the first of a method on such a loop 20 for the look at the stack.
/// </remarks>
internal sealed class EscapeDetector : EventListener
{
    private const string Source = "System.Threading.Tasks.TplEventSource";

    // The events of that source, by number, and the keywords that turn them on: AsyncCausalityOperation and AsyncCausalitySynchronousWork.
    private const int OperationBegins = 14;
    private const int OperationEnds = 15;
    private const int WorkBegins = 17; // also when a task's continuations are called, but by then it has ended
    private const EventKeywords Keywords = (EventKeywords)(0x8 | 0x20);

    // How the source names an async method: this, and the name of its state machine's type.
    private const string AsyncMethod = "Async: ";

    // Methods that are remembered at once; beyond, further ones are not looked after. Some 10 MB, which only methods that never end can fill.
    private const int MostRemembered = 100_000;

    // Guards _loops and _listener.
    private static readonly Lock Gate = new();
    private static int _loops;
    private static EscapeDetector? _listener;

    // By the number of the task that .NET has made for the method.
    private static readonly ConcurrentDictionary<int, BegunMethod> Begun = [];

    private EscapeDetector()
    {
    }

    /// <summary>False: the program was built without event sources, and .NET tells nothing.</summary>
    public static bool IsSupported => !AppContext.TryGetSwitch("System.Diagnostics.Tracing.EventSource.IsSupported", out var isSupported) || isSupported;

    /// <summary>Methods that began on a loop and have neither ended nor left.</summary>
    internal static int Remembered => Begun.Count;

    /// <summary>One more loop whose methods are looked after.</summary>
    public static void Add()
    {
        lock (Gate)
            if (_loops++ == 0) _listener = new EscapeDetector();
    }

    /// <summary>A loop ends: its methods are forgotten, and after the last loop nothing listens.</summary>
    public static void Remove(EscapeReports loop)
    {
        lock (Gate)
        {
            if (--_loops == 0)
            {
                _listener!.Dispose();
                _listener = null;
            }
        }

        foreach (var (number, method) in Begun)
            if (method.Loop == loop) Begun.TryRemove(number, out _);
    }

    // Also called by the base class's constructor, for the sources that there are.
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source) EnableEvents(eventSource, EventLevel.Informational, Keywords);
    }

    // What is thrown here, or by a listener to our own warning, ends here: the source that calls swallows it.
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Payload is not [int number, ..] payload) return;
        switch (eventData.EventId)
        {
            case OperationBegins:
                OnBegin(number, (string)payload[1]!);
                break;
            case OperationEnds:
                Begun.TryRemove(number, out _);
                break;
            case WorkBegins when Begun.TryGetValue(number, out var method):
                OnGoingOn(number, method);
                break;
        }
    }

    private static void OnBegin(int number, string operation)
    {
        // Numbers come again after four thousand million; the method that had this one was abandoned.
        if (!Begun.IsEmpty) Begun.TryRemove(number, out _);
        if (EventLoop.Current?.Escapes is not { IsOpen: true } loop || !operation.StartsWith(AsyncMethod, StringComparison.Ordinal)) return;
        if (Begun.Count >= MostRemembered) return;
        if (MethodThatBegins(operation.AsSpan(AsyncMethod.Length)) is { } method && UserCode.Contains(method))
            Begun[number] = new BegunMethod(loop, method, WorkItem.Current?.Id ?? 0);
    }

    private static void OnGoingOn(int number, BegunMethod method)
    {
        if (EventLoop.Current?.Escapes == method.Loop) return;
        Begun.TryRemove(number, out _);
        method.Loop.Tell(method.Code, method.ItemId); // whose listeners may run async methods: that comes back here, once for each method at most
    }

    // The event has a name only, which many methods may share. The method itself is a few frames above.
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A method that is not found is not watched; this is for tests and debugging.")]
    private static MethodBase? MethodThatBegins(ReadOnlySpan<char> stateMachine)
    {
        foreach (var frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            var method = frame.GetMethod();
            if (method is { Name: nameof(IAsyncStateMachine.MoveNext), DeclaringType: { } type } && stateMachine.SequenceEqual(type.Name)) return method;
        }

        return null;
    }

    /// <param name="Loop">Where it began.</param>
    /// <param name="Code">The method that the compiler has made of it.</param>
    /// <param name="ItemId">The item that it began in; 0: none.</param>
    private sealed record BegunMethod(EscapeReports Loop, MethodBase Code, long ItemId);
}
