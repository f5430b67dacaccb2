using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace Braid.Loops;

/// <summary>Which code is the user's own: what <see cref="EscapeDetector"/> tells of.</summary>
/// <remarks>
/// Libraries leave a loop rightly: they await with ConfigureAwait(false), and the user's own await brings the user back. So what counts is the
/// program itself and whatever was compiled without optimisation, which is how one's own projects come in a Debug build, and how packages and
/// the framework do not.
/// </remarks>
internal static class UserCode
{
    private static readonly ConcurrentDictionary<Assembly, bool> Known = [];

    // Compiled without optimisation too while one works on them.
    private static readonly string[] Own = ["Braid", "Braid.AspNetCore"];

    /// <summary>Whether a method is the user's, and is not marked as one that may be anywhere.</summary>
    public static bool Contains(MethodBase method) => Known.GetOrAdd(method.Module.Assembly, IsUsers) && !IsMarked(method);

    private static bool IsUsers(Assembly assembly) =>
        !Own.Contains(assembly.GetName().Name)
        && (assembly == Assembly.GetEntryAssembly() || assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true });

    // The compiler copies the attribute of an async method to the code that it makes of it; that of a class stays where it is.
    private static bool IsMarked(MethodBase method)
    {
        if (method.IsDefined(typeof(DebuggerNonUserCodeAttribute), inherit: false)) return true;
        for (var type = method.DeclaringType; type is not null; type = type.DeclaringType)
            if (type.IsDefined(typeof(DebuggerNonUserCodeAttribute), inherit: false)) return true;
        return false;
    }
}
