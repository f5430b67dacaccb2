using Braid.Processes;

/// <summary>What .NET calls before <c>Main</c> when DOTNET_STARTUP_HOOKS names this assembly: a worker never reaches the program's own code.</summary>
#pragma warning disable IDE0130, CA1050 // .NET demands this name in the global namespace.
internal class StartupHook
#pragma warning restore IDE0130, CA1050
{
    /// <summary>Becomes a worker if this process was started as one.</summary>
    public static void Initialize() => WorkerHost.RunIfWorker();
}
