using Braid.Tests.Processes;
using Braid.Tests.Support;

/// <summary>
/// What runs before Main, and in a worker before Braid's own hook, if a test names this assembly in DOTNET_STARTUP_HOOKS: a worker that lies, in
/// the process that the parent started and with the secret that it was given; or a program of a test's own.
/// </summary>
#pragma warning disable IDE0130, CA1050 // .NET demands this name in the global namespace.
internal static class StartupHook
#pragma warning restore IDE0130, CA1050
{
    public static void Initialize()
    {
        FakeWorker.RunIfFake();
        ChildProgram.RunIfChild();
    }
}
