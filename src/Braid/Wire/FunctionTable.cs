using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Braid.Items;

namespace Braid.Wire;

/// <summary>A worker's functions by the numbers that its parent gave them. One thread defines them, another one calls.</summary>
/// <remarks>A function is looked up when it is first called, so that one that cannot be found fails its items and not the worker.</remarks>
internal sealed class FunctionTable
{
    // Guarded by itself. Not a concurrent one: of those with a number as key every worker would have to compile all code.
    private readonly Dictionary<int, FunctionId> _ids = [];
    private readonly Dictionary<int, WorkFunction> _functions = [];

    // Of who calls: the function that was called last is mostly the next one, too.
    private WorkFunction? _last;
    private int _lastNumber;

    internal void Define(int number, FunctionId id)
    {
        lock (_ids) _ids[number] = id;
    }

    /// <exception cref="BraidException">The function cannot be found here.</exception>
    internal WorkFunction Find(int number)
    {
        if (number == _lastNumber && _last is not null) return _last;
        if (!_functions.TryGetValue(number, out var function)) _functions[number] = function = Build(number);
        _lastNumber = number;
        return _last = function;
    }

    private WorkFunction Build(int number)
    {
        FunctionId? id;
        lock (_ids) _ids.TryGetValue(number, out id);
        if (id is null) throw new InvalidFrameException($"Function {number} was called before it was defined.");
        return Build(id);
    }

    /// <summary>The method itself. Throws whatever goes wrong.</summary>
    internal static MethodInfo FindMethod(FunctionId id) =>
        Close(Resolve(WorkAssemblies.Find(id.AssemblyName, id.AssemblyPath, id.ModuleVersion), id), id);

    private static WorkFunction Build(FunctionId id)
    {
        try
        {
            var method = FindMethod(id);
            var argument = id.ArgumentType.Length == 0 ? FunctionId.ArgumentOf(method) : WorkAssemblies.FindType(id.ArgumentType);
            var result = id.ResultType.Length == 0 ? FunctionId.ResultOf(method) : WorkAssemblies.FindType(id.ResultType);
            var type = typeof(WorkFunction<,>).MakeGenericType(argument, result);
            return (WorkFunction)Activator.CreateInstance(type, BindingFlags.Instance | BindingFlags.NonPublic, null, [method, id.Name], null)!;
        }
        catch (Exception exception)
        {
            throw new WorkNotPortableException($"The worker does not find work '{id.Name}' in {id.AssemblyName}: {(exception.InnerException ?? exception).Message}", exception);
        }
    }

    /// <summary>True for the error after which the worker ends. (The derived one is raised before anything is allocated.)</summary>
    internal static bool IsOutOfMemory(Exception exception) => exception is OutOfMemoryException and not InsufficientMemoryException;

    private static MethodBase Resolve(Assembly assembly, FunctionId id)
    {
        var module = assembly.ManifestModule;
        if (module.ModuleVersionId != id.ModuleVersion)
            throw new InvalidOperationException($"'{assembly.Location}' is another build than the one that the program runs. Start the program again.");
        return module.ResolveMethod(id.MethodToken) ?? throw new MissingMethodException($"There is no method {id.MethodToken:x8}.");
    }

    private static MethodInfo Close(MethodBase open, FunctionId id)
    {
        var declaring = open.DeclaringType!;
        var typeArguments = Types(id.TypeArguments);
        if (typeArguments.Length > 0)
        {
            declaring = declaring.MakeGenericType(typeArguments);
            open = MethodBase.GetMethodFromHandle(open.MethodHandle, declaring.TypeHandle)!;
        }

        var methodArguments = Types(id.MethodTypeArguments);
        return methodArguments.Length == 0 ? (MethodInfo)open : ((MethodInfo)open).MakeGenericMethod(methodArguments);
    }

    private static Type[] Types(string names) => names.Length == 0 ? [] : [.. names.Split('\n').Select(WorkAssemblies.FindType)];
}

/// <summary>A function that takes bytes and gives bytes, built by reflection once and called without.</summary>
internal abstract class WorkFunction
{
    internal abstract string Name { get; }

    /// <summary>True if the work can be asked to stop.</summary>
    internal abstract bool TakesToken { get; }

    /// <summary>Decodes the argument, runs the work here and blocks until it is done, writes the frame that ends the item.</summary>
    internal abstract void Run(long itemId, ReadOnlySpan<byte> argument, FrameBuffer output, CancellationToken cancellationToken);
}

internal sealed class WorkFunction<TArg, TResult> : WorkFunction
{
    private readonly Work<TArg, TResult> _work;
    private EncodingCost _cost;

    internal WorkFunction(MethodInfo method, string name)
    {
        var shape = ShapeOf(method);
        TakesToken = method.GetParameters().Length > 1;

        // A lambda that captures nothing is an instance method of a class without fields; any instance of it will do.
        object? target = method.IsStatic ? null : RuntimeHelpers.GetUninitializedObject(method.DeclaringType!);
        _work = new(method.CreateDelegate(DelegateType(shape), target), shape, name);
    }

    internal override string Name => _work.Name;

    internal override bool TakesToken { get; }

    [StackTraceHidden]
    internal override void Run(long itemId, ReadOnlySpan<byte> argument, FrameBuffer output, CancellationToken cancellationToken)
    {
        // Of earlier calls; it travels with this one's answer.
        if (_cost.TryTell(out var encoding, out var work)) WriteCost(output, itemId, encoding, work);
        int start = output.Length;
        try
        {
            if (_cost.IsSample()) RunMeasured(itemId, argument, output, cancellationToken);
            else WriteResult(output, itemId, Invoke(PayloadFormat<TArg>.Instance.ReadArgument(argument), cancellationToken));
        }
        catch (Exception exception) when (!FunctionTable.IsOutOfMemory(exception))
        {
            output.TruncateTo(start);
            RemoteError.Write(output, itemId, exception, cancellationToken);
        }
    }

    [StackTraceHidden]
    private void RunMeasured(long itemId, ReadOnlySpan<byte> argument, FrameBuffer output, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        var value = PayloadFormat<TArg>.Instance.ReadArgument(argument);
        long decoded = Stopwatch.GetTimestamp();
        var result = Invoke(value, cancellationToken);
        long done = Stopwatch.GetTimestamp();
        WriteResult(output, itemId, result);
        _cost.Add(decoded - began + Stopwatch.GetTimestamp() - done, done - decoded);
    }

    private static void WriteResult(FrameBuffer output, long itemId, TResult result)
    {
        output.BeginEnd(FrameType.Result, itemId);
        output.BeginPayload();
        PayloadFormat<TResult>.Instance.WriteResult(output, result);
        output.End();
    }

    private static void WriteCost(FrameBuffer output, long itemId, TimeSpan encoding, TimeSpan work)
    {
        output.Begin(FrameType.CostlyEncoding);
        output.WriteInt64(itemId);
        output.WriteInt64(encoding.Ticks);
        output.WriteInt64(work.Ticks);
        output.End();
    }

    [StackTraceHidden]
    private TResult Invoke(TArg argument, CancellationToken cancellationToken)
    {
        // Blocking on purpose: one item holds one worker from start to end, and nothing else runs on this thread.
        var task = _work.InvokeAsync(argument, cancellationToken);
        return task.IsCompleted ? task.Result : task.AsTask().GetAwaiter().GetResult();
    }

    private static WorkShape ShapeOf(MethodInfo method)
    {
        int withToken = method.GetParameters().Length - 1;
        var returned = method.ReturnType;
        bool isNothing = typeof(TResult) == typeof(Nothing);
        var first = returned == typeof(void) ? WorkShape.Action
            : returned == typeof(ValueTask) ? WorkShape.PlainValueTask
            : typeof(Task).IsAssignableFrom(returned) ? (isNothing ? WorkShape.PlainTask : WorkShape.Task)
            : returned == typeof(ValueTask<TResult>) ? WorkShape.ValueTask
            : WorkShape.Function;
        return first + withToken;
    }

    private static Type DelegateType(WorkShape shape) => shape switch
    {
        WorkShape.Function => typeof(Func<TArg, TResult>),
        WorkShape.FunctionWithToken => typeof(Func<TArg, CancellationToken, TResult>),
        WorkShape.Action => typeof(Action<TArg>),
        WorkShape.ActionWithToken => typeof(Action<TArg, CancellationToken>),
        WorkShape.Task => typeof(Func<TArg, Task<TResult>>),
        WorkShape.TaskWithToken => typeof(Func<TArg, CancellationToken, Task<TResult>>),
        WorkShape.ValueTask => typeof(Func<TArg, ValueTask<TResult>>),
        WorkShape.ValueTaskWithToken => typeof(Func<TArg, CancellationToken, ValueTask<TResult>>),
        WorkShape.PlainTask => typeof(Func<TArg, Task>),
        WorkShape.PlainTaskWithToken => typeof(Func<TArg, CancellationToken, Task>),
        WorkShape.PlainValueTask => typeof(Func<TArg, ValueTask>),
        _ => typeof(Func<TArg, CancellationToken, ValueTask>),
    };
}
