using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Braid.Stacks;

namespace Braid.Loops;

/// <summary>A name for people of what a ready callback goes on with: the item it belongs to, or the async method, or the callback's own method.</summary>
/// <remarks>
/// The compiler's async methods are objects of .NET's own, private types. What is read of them here is their type's name and arguments and the
/// field with their ExecutionContext; where a runtime names them otherwise, the name is only less telling.
/// </remarks>
internal static class CallbackName
{
    // Where the task of an async method keeps the ExecutionContext with which it goes on.
    private static readonly FieldInfo? TaskState = typeof(Task).GetField("m_stateObject", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>The item's number, or 0, and the name.</summary>
    public static (long ItemId, string Name) Of(Delegate callback, object? state)
    {
        if (state is LoopPlace place) return (place.Item.Id, place.Item.Name);
        if (AsyncMethodOf(callback, state) is not { } method) return (0, MethodOf((state as Delegate) ?? callback));
        return ItemOf(method) is { } item ? (item.Id, item.Name) : (0, NameOf(method));
    }

    /// <summary>The async method that the callback resumes, as .NET's own object; null: it is no such callback.</summary>
    public static object? AsyncMethodOf(Delegate? callback, object? state) =>
        new[] { state, TargetOf(state as Delegate), TargetOf(callback) }.FirstOrDefault(candidate => candidate is not null && StateMachineOf(candidate) is not null);

    public static bool IsAsyncMethod(object candidate) => StateMachineOf(candidate) is not null;

    /// <summary>What the source calls an async method.</summary>
    public static string NameOf(object asyncMethod) => MethodName.Of(StateMachineOf(asyncMethod)!, nameof(IAsyncStateMachine.MoveNext));

    /// <summary>The item whose work runs an async method, or that called it; null: none.</summary>
    public static WorkItem? ItemOf(object asyncMethod)
    {
        if (ContextOf(asyncMethod) is not { } context) return null;
        WorkItem? item = null;
        try
        {
            ExecutionContext.Run(context, _ => item = WorkItem.Current, null);
        }
        catch (Exception)
        {
            // A handler of the program's that is told of changes of an AsyncLocal. Not knowing the item is better than ending who only looks.
        }

        return item;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "What is missing is not named in a message; nothing depends on it.")]
    private static ExecutionContext? ContextOf(object asyncMethod)
    {
        var field = asyncMethod is Task ? TaskState : asyncMethod.GetType().GetField("Context");
        return field?.GetValue(asyncMethod) as ExecutionContext;
    }

    private static Type? StateMachineOf(object candidate)
    {
        var type = candidate.GetType();
        return type.IsGenericType ? Array.Find(type.GetGenericArguments(), typeof(IAsyncStateMachine).IsAssignableFrom) : null;
    }

    // While somebody listens to .NET's event source for tasks (EscapeDetector, a profiler), what resumes an async method is wrapped.
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "What is missing is not named in a message; nothing depends on it.")]
    private static object? TargetOf(Delegate? callback) =>
        callback?.Target is { } target && target.GetType().Name == "ContinuationWrapper"
            && target.GetType().GetField("_continuation", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(target) is Delegate inner
            ? inner.Target
            : callback?.Target;

    private static string MethodOf(Delegate callback) =>
        callback.Method.DeclaringType is { } type ? MethodName.Of(type, callback.Method.Name) : callback.Method.Name;
}
