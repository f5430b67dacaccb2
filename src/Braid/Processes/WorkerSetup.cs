using System.Globalization;

namespace Braid.Processes;

/// <summary>What a parent tells its worker at the start: through the environment, because others can read a command line.</summary>
internal sealed record WorkerSetup(int Number, int ParentId, string SocketPath, string Secret)
{
    private const string NumberVariable = "BRAID_WORKER";
    private const string ParentVariable = "BRAID_PARENT";
    private const string SocketVariable = "BRAID_SOCKET";
    private const string SecretVariable = "BRAID_SECRET";
    private const string HooksVariable = "DOTNET_STARTUP_HOOKS";

    /// <summary>True in a process that was started as a worker and has not become one.</summary>
    internal static bool IsInEnvironment => Environment.GetEnvironmentVariable(SocketVariable) is not null;

    internal void WriteTo(IDictionary<string, string?> environment, string hook)
    {
        environment[NumberVariable] = Number.ToString(CultureInfo.InvariantCulture);
        environment[ParentVariable] = ParentId.ToString(CultureInfo.InvariantCulture);
        environment[SocketVariable] = SocketPath;
        environment[SecretVariable] = Secret;

        // After the user's own hooks: ours does not return.
        environment.TryGetValue(HooksVariable, out string? others);
        environment[HooksVariable] = string.IsNullOrEmpty(others) ? hook : others + Path.PathSeparator + hook;
    }

    /// <summary>The setup, taken out of the environment so that what the work starts does not inherit it; null in a process that is no worker.</summary>
    internal static WorkerSetup? Take(string hook)
    {
        string? socket = Environment.GetEnvironmentVariable(SocketVariable);
        string? secret = Environment.GetEnvironmentVariable(SecretVariable);
        if (socket is null || secret is null) return null;
        var setup = new WorkerSetup(Number(NumberVariable), Number(ParentVariable), socket, secret);
        foreach (string variable in (string[])[NumberVariable, ParentVariable, SocketVariable, SecretVariable]) Environment.SetEnvironmentVariable(variable, null);
        RemoveHook(hook);
        return setup;

        static int Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    private static void RemoveHook(string hook)
    {
        string hooks = Environment.GetEnvironmentVariable(HooksVariable) ?? "";
        var others = new List<string>();
        foreach (string other in hooks.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (other != hook) others.Add(other);
        }

        Environment.SetEnvironmentVariable(HooksVariable, others.Count == 0 ? null : string.Join(Path.PathSeparator, others));
    }
}
