using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Braid.Wire;

namespace Braid.Processes;

/// <summary>How this program is started once more as a worker: which file, which arguments, which environment.</summary>
internal static class WorkerCommand
{
    private const string Instead = "publish it without, for example as a single file, or use a ThreadExecutor or a LoopExecutor.";

    private const string HookSwitch = "System.StartupHookProvider.IsSupported";

    // A profiler or a coverage tool of the parent's would follow every worker, and slow or break it. Those who want it say so in EnvironmentVariables.
    private static readonly string[] ProfilerPrefixes = ["CORECLR_PROFILER", "CORECLR_ENABLE_PROFILING", "COR_PROFILER", "COR_ENABLE_PROFILING", "DOTNET_PROFILER", "DOTNET_ENABLE_PROFILING"];

    // Trimming removes constructors that only reflection calls, such as this one.
    private static bool IsTrimmed { get; } = !HasConstructor(typeof(RawFormat<>));

    /// <summary>True once the program has called <see cref="ProcessWorker.RunIfWorker"/>, so that it does not depend on the hook.</summary>
    internal static bool HasEntryCall { get; set; }

    /// <summary>What DOTNET_STARTUP_HOOKS names: this assembly's file, or in a single-file program its name.</summary>
    internal static string Hook { get; } = typeof(WorkerCommand).Assembly.Location is { Length: > 0 } path ? path : typeof(WorkerCommand).Assembly.GetName().Name!;

    /// <exception cref="InvalidOperationException">This program cannot be started as a worker; the message says what to change.</exception>
    internal static ProcessStartInfo Create(ProcessOptions options, WorkerSetup setup)
    {
        ThrowIfImpossible();
        var info = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        AddArguments(info);
        SetEnvironment(info, options, setup);
        return info;
    }

    /// <exception cref="PlatformNotSupportedException">This program was trimmed or compiled natively.</exception>
    internal static void ThrowIfTrimmed()
    {
        if (!IsTrimmed) return;

        // Looked at second: a file-based program that runs as it is turns the same switch off.
        throw new PlatformNotSupportedException(RuntimeFeature.IsDynamicCodeSupported
            ? "This program was trimmed (PublishTrimmed), which removes what worker processes find by reflection: " + Instead
            : "This program was compiled natively (PublishAot), and worker processes need the .NET runtime: " + Instead + " In a file-based program the line "
                + "'#:property PublishAot=false' does that.");
    }

    /// <exception cref="InvalidOperationException">This program cannot be started as a worker; the message says what to change.</exception>
    internal static void ThrowIfImpossible()
    {
        if (WorkerSetup.IsInEnvironment)
        {
            throw new InvalidOperationException(
                "This process was started as a worker but reached Main, so .NET did not run the startup hook. Call ProcessWorker.RunIfWorker() first in Main.");
        }

        if (Environment.ProcessPath is null) throw new InvalidOperationException("The path of this program is not known, so it cannot be started as a worker.");
        if (!HasEntryCall && AppContext.TryGetSwitch(HookSwitch, out bool isSupported) && !isSupported)
        {
            throw new InvalidOperationException(
                "This program was built with startup hooks turned off, so it cannot be started as a worker. In a file-based program add the line "
                + "'#:property PublishAot=false'; elsewhere call ProcessWorker.RunIfWorker() first in Main.");
        }
    }

    // Not at its one place of use, where the trimmer would see it and keep the constructor.
    private static bool HasConstructor(Type type) => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length > 0;

    // The app host needs no arguments: its Main is never reached. The `dotnet` host is told the program again, with the files it was started with.
    private static void AddArguments(ProcessStartInfo info)
    {
        if (!Path.GetFileNameWithoutExtension(info.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase)) return;
        string program = ProgramPath();
        info.ArgumentList.Add("exec");
        if (DependenciesPath(program) is { } dependencies)
        {
            AddFile(info, "--runtimeconfig", dependencies.Replace(".deps.json", ".runtimeconfig.json", StringComparison.Ordinal));
            AddFile(info, "--depsfile", dependencies);
        }

        info.ArgumentList.Add(program);
    }

    private static string ProgramPath()
    {
        string program = Assembly.GetEntryAssembly()?.Location is { Length: > 0 } location ? location : Path.GetFullPath(Environment.GetCommandLineArgs()[0]);
        if (File.Exists(program)) return program;
        throw new InvalidOperationException($"The program '{program}' that dotnet runs is not a file, so it cannot be started as a worker.");
    }

    private static string? DependenciesPath(string program)
    {
        // The runtime's own list begins with the program's, also when a test host or --depsfile chose another than the one beside the program.
        if (AppContext.GetData("APP_CONTEXT_DEPS_FILES") is string files && files.Split(';')[0] is { Length: > 0 } used && File.Exists(used)) return used;
        string beside = Path.ChangeExtension(program, ".deps.json");
        return File.Exists(beside) || File.Exists(Path.ChangeExtension(program, ".runtimeconfig.json")) ? beside : null;
    }

    private static void AddFile(ProcessStartInfo info, string option, string path)
    {
        if (!File.Exists(path)) return;
        info.ArgumentList.Add(option);
        info.ArgumentList.Add(path);
    }

    private static void SetEnvironment(ProcessStartInfo info, ProcessOptions options, WorkerSetup setup)
    {
        var environment = info.Environment;
        foreach (string name in new List<string>(environment.Keys))
        {
            foreach (string prefix in ProfilerPrefixes)
            {
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) environment.Remove(name);
            }
        }

        WorkerRuntime.WriteTo(environment);
        foreach (var (name, value) in options.EnvironmentVariables)
        {
            if (value is null) environment.Remove(name);
            else environment[name] = value;
        }

        setup.WriteTo(environment, Hook);
    }
}
