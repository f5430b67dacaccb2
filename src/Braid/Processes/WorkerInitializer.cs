using System.Runtime.CompilerServices;
using Braid.Items;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>
/// What runs once in a worker before its first item: its identity travels as a function's does, in the first frame after the handshake. The
/// worker answers when it has run, and is not ready before.
/// </summary>
internal static class WorkerInitializer
{
    private const int None = 0;
    private const int Given = 1;

    /// <summary>True for an async function: nobody could wait for its end.</summary>
    internal static bool IsAsync(Action initializer) => initializer.Method.IsDefined(typeof(AsyncStateMachineAttribute), false);

    /// <summary>Why another process cannot run it, as the end of a sentence; null if it can.</summary>
    internal static string? WhyNotPortable(Action initializer) => Captures.WhyNot(initializer) ?? Captures.WhyNotFound(initializer.Method);

    internal static string NameOf(Action initializer)
    {
        string name = initializer.Method.Name;
        if (!name.StartsWith('<')) return WorkName.Of("", initializer);

        // The compiler's name of a local function is <Outer>g__Name|0_0; a lambda has none.
        int local = name.IndexOf("g__", StringComparison.Ordinal);
        return local < 0 ? "lambda" : name[(local + 3)..].Split('|')[0];
    }

    /// <summary>The parent: what the worker is to do first.</summary>
    internal static void Write(FrameBuffer output, Action? initializer)
    {
        output.Begin(FrameType.Initialize);
        output.WriteInt32(initializer is null ? None : Given);
        if (initializer is not null) FunctionId.Of(initializer, typeof(Nothing), typeof(Nothing), NameOf(initializer)).WriteTo(output);
        output.End();
    }

    /// <summary>The parent: waits until the worker has done it. Returns what it threw.</summary>
    /// <exception cref="InvalidOperationException">The worker ended.</exception>
    /// <exception cref="InvalidFrameException">The worker said something else.</exception>
    internal static Exception? ReadAnswer(FrameReader reader, string name, string origin)
    {
        if (!reader.TryRead(out var frame)) throw new InvalidOperationException($"it ended while it ran its initializer '{name}'");
        if (frame.Type == FrameType.Initialized) return null;
        if (frame.Type != FrameType.Error) throw new InvalidFrameException($"A {frame.Type} frame came where the initializer's end was expected.");
        var fields = frame.Fields;
        for (int field = 0; field < 3; field++) _ = fields.ReadInt64();
        return RemoteError.Read(ref fields, origin, CancellationToken.None);
    }

    /// <summary>The worker: does what the parent wants done first, on this thread, before anything else is read. False: it has failed.</summary>
    internal static bool TryRun(FrameReader reader, Stream stream)
    {
        var fields = reader.Expect(FrameType.Initialize).Fields;
        if (fields.ReadInt32() == None) return true;
        var error = Run(FunctionId.Read(ref fields));
        var answer = new FrameBuffer();
        if (error is null)
        {
            answer.Begin(FrameType.Initialized);
            answer.End();
        }
        else
        {
            RemoteError.Write(answer, Frame.NoItem, error, CancellationToken.None);
        }

        stream.Write(answer.Written.Span);
        return error is null;
    }

    private static Exception? Run(FunctionId id)
    {
        try
        {
            var method = FunctionTable.FindMethod(id);
            object? target = method.IsStatic ? null : RuntimeHelpers.GetUninitializedObject(method.DeclaringType!);
            method.CreateDelegate<Action>(target)();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}

/// <summary>An initializer that threw: no item of its executor can run any more.</summary>
internal sealed record InitializerFailure(string Initializer, int Lane, Exception Error)
{
    internal InitializerException For(WorkItem item) => new(
        $"The initializer '{Initializer}' failed in worker {Lane}, so '{item.Name}' cannot run: {Error.GetType().Name}: {Error.Message}", Error);
}
