using System.Runtime.ExceptionServices;
using System.Text;
using Braid.Items;

namespace Braid.Wire;

/// <summary>An exception as text, and back. What the text names decides nothing but which of the already loaded types is made from a message.</summary>
internal static class RemoteError
{
    // What the fields of an Error frame may take together is far above; a message of a gigabyte helps nobody.
    private const int LongestMessage = 256 * 1024;
    private const int LongestStack = 1024 * 1024;

    private const int OwnError = 0;
    private const int Cancellation = 1;

    /// <summary>Writes the frame that ends an item without a result. Never throws, whatever the exception's own members do.</summary>
    internal static void Write(FrameBuffer output, long itemId, Exception exception, CancellationToken cancellationToken)
    {
        output.BeginEnd(FrameType.Error, itemId);
        output.WriteInt32(exception is OperationCanceledException && cancellationToken.IsCancellationRequested ? Cancellation : OwnError);
        output.WriteText(exception.GetType().FullName ?? exception.GetType().Name);
        output.WriteText(exception.GetType().Assembly.GetName().Name);
        output.WriteText(WorkName.Cut(ExceptionText.MessageOf(exception), LongestMessage));
        output.WriteText(WorkName.Cut(StackOf(exception), LongestStack));
        output.End();
    }

    /// <summary>Reads what <see cref="Write"/> wrote after the items' numbers and the time.</summary>
    /// <param name="fields">The frame.</param>
    /// <param name="origin">Where it happened, for people: the worker and its process.</param>
    /// <param name="cancellationToken">The item's token.</param>
    internal static Exception Read(ref FieldReader fields, string origin, CancellationToken cancellationToken)
    {
        int kind = fields.ReadInt32();
        string type = fields.ReadText();
        string assembly = fields.ReadText();
        string message = fields.ReadText();
        string stack = fields.ReadText();
        if (kind == Cancellation && cancellationToken.IsCancellationRequested) return new OperationCanceledException(message, cancellationToken);

        string remote = $"{stack}{Environment.NewLine}   --- in {origin} ---";
        if (Rebuild(type, assembly, message) is { } same) return ExceptionDispatchInfo.SetRemoteStackTrace(same, remote);
        var other = new RemoteWorkException($"The work threw {type}: {message}") { ErrorType = type, RemoteStackTrace = remote };
        return ExceptionDispatchInfo.SetRemoteStackTrace(other, remote);
    }

    private static Exception? Rebuild(string typeName, string assemblyName, string message)
    {
        var type = FindLoaded(typeName, assemblyName);
        if (type is null || !typeof(Exception).IsAssignableFrom(type) || type.IsAbstract || type.IsGenericType) return null;
        if (type.GetConstructor([typeof(string)]) is null) return null;

        // An ArgumentNullException's string is a parameter's name, a domain exception's may be an order's number: the constructor is right
        // only if it gives the message back.
        return With(message) ?? With(message, null);

        Exception? With(params object?[] arguments)
        {
            var constructor = type.GetConstructor(arguments.Length == 1 ? [typeof(string)] : [typeof(string), typeof(Exception)]);
            try
            {
                return constructor?.Invoke(arguments) is Exception made && made.Message == message ? made : null;
            }
            catch (Exception)
            {
                // User code threw while its exception was made; the text is still there.
                return null;
            }
        }
    }

    private static Type? FindLoaded(string typeName, string assemblyName)
    {
        // Plain names only: for what stands in brackets the runtime would look for other assemblies and load them.
        if (typeName.Length == 0 || typeName.AsSpan().ContainsAny("[],*&")) return null;
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.GetName().Name != assemblyName) continue;
            if (assembly.GetType(typeName, throwOnError: false) is { } type) return type;
        }

        return null;
    }

    /// <summary>The stack, and the inner exceptions with theirs, the innermost last.</summary>
    private static string StackOf(Exception exception)
    {
        var text = new StringBuilder(ExceptionText.StackOf(exception));
        for (var inner = Inner(exception); inner is not null && text.Length < LongestStack; inner = Inner(inner))
        {
            var current = inner;
            text.AppendLine().Append(" ---> ").Append(current.GetType().FullName).Append(": ").Append(ExceptionText.MessageOf(current));
            text.AppendLine().Append(ExceptionText.StackOf(current));
        }

        return text.ToString();
    }

    private static Exception? Inner(Exception exception) => exception.InnerException;
}
