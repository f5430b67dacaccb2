using System.Reflection;
using System.Runtime.CompilerServices;
using Braid.Cli.Arguments;
using Braid.Cli.Comparison;

namespace Braid.Cli.WorkLoader;

/// <summary>A work whose types are known only now. The one place where reflection meets Braid's generic types.</summary>
internal abstract class LoadedWork(string name)
{
    internal string Name => name;

    internal abstract bool IsAsync { get; }

    /// <summary>Why it cannot run in another process; null: it can.</summary>
    internal abstract string? WhyNotPortable { get; }

    /// <summary>Makes the items. A line that is no argument of this work is refused with its place.</summary>
    internal abstract ItemBatch ReadItems(IReadOnlyList<InputLine> lines, int repeat);

    internal static LoadedWork Of<TArg, TResult>(Work<TArg, TResult> work) => new Typed<TArg, TResult>(work);

    /// <summary>Wraps a static method of one of the six shapes, which <see cref="MethodFinder"/> has checked.</summary>
    internal static LoadedWork Of(MethodInfo method)
    {
        var hasToken = method.GetParameters().Length == 2;
        var (result, wrapper) = Unwrap(method.ReturnType);
        var bridge = typeof(LoadedWork).GetMethod(nameof(Bridge), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.GetParameters()[0].ParameterType, result);
        return (LoadedWork)bridge.Invoke(null, [method, hasToken, wrapper])!;
    }

    /// <summary>What a method of this return type gives: an async one what is awaited.</summary>
    internal static (Type Result, Type? Wrapper) Unwrap(Type type)
    {
        var wrapper = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return wrapper == typeof(Task<>) || wrapper == typeof(ValueTask<>) ? (type.GenericTypeArguments[0], wrapper) : (type, null);
    }

    private static Typed<TArg, TResult> Bridge<TArg, TResult>(MethodInfo method, bool hasToken, Type? wrapper)
    {
        var name = MethodFinder.Describe(method);
        return new Typed<TArg, TResult>((hasToken, wrapper == typeof(Task<>), wrapper == typeof(ValueTask<>)) switch
        {
            (false, true, _) => Work.Of(method.CreateDelegate<Func<TArg, Task<TResult>>>(), name),
            (true, true, _) => Work.Of(method.CreateDelegate<Func<TArg, CancellationToken, Task<TResult>>>(), name),
            (false, _, true) => Work.Of(method.CreateDelegate<Func<TArg, ValueTask<TResult>>>(), name),
            (true, _, true) => Work.Of(method.CreateDelegate<Func<TArg, CancellationToken, ValueTask<TResult>>>(), name),
            (true, _, _) => Work.Of(method.CreateDelegate<Func<TArg, CancellationToken, TResult>>(), name),
            _ => Work.Of(method.CreateDelegate<Func<TArg, TResult>>(), name),
        });
    }

    private sealed class Typed<TArg, TResult>(Work<TArg, TResult> work) : LoadedWork(work.Name)
    {
        internal override bool IsAsync => work.IsAsync;

        internal override string? WhyNotPortable => work.Function.WhyNotPortable;

        internal override ItemBatch ReadItems(IReadOnlyList<InputLine> lines, int repeat)
        {
            // A static constructor of the user's runs at the latest here, so that its failure is not taken for an item's.
            RuntimeHelpers.RunClassConstructor(typeof(TArg).TypeHandle);
            var once = lines.Select(static line => (TArg)ArgumentReader.Read(line.Text, typeof(TArg), line.Place)!).ToArray();
            return new TypedItemBatch<TArg, TResult>(work, [.. Enumerable.Repeat(once, repeat).SelectMany(static items => items)]);
        }
    }
}
