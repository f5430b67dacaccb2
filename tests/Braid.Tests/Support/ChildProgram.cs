using System.Diagnostics;
using System.Reflection;

namespace Braid.Tests.Support;

/// <summary>This test program once more, in a process of its own: runs one of its static methods instead of its Main.</summary>
internal static class ChildProgram
{
    private const string Variable = "BRAID_TESTS_CHILD";
    private const string Hooks = "DOTNET_STARTUP_HOOKS";

    internal static Process Start(Action main, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(ChildProgram).Assembly.Location);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        start.Environment[Hooks] = typeof(ChildProgram).Assembly.Location;
        start.Environment[Variable] = $"{main.Method.DeclaringType!.FullName} {main.Method.Name}";
        return Process.Start(start)!;
    }

    internal static void RunIfChild()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } main) return;

        // Its workers shall be workers and nothing else.
        Environment.SetEnvironmentVariable(Variable, null);
        Environment.SetEnvironmentVariable(Hooks, null);
        string[] names = main.Split(' ');
        var method = typeof(ChildProgram).Assembly.GetType(names[0])!.GetMethod(names[1], BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
        method.CreateDelegate<Action>()();
        Environment.Exit(0);
    }
}
