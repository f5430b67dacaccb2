using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Braid.Tests.Support;

/// <summary>Lets the tests' child programs be interrupted also where the tests run in the background of a shell.</summary>
/// <remarks>A shell without job control starts such programs with SIGINT ignored, and what they start inherits that.</remarks>
internal static partial class Interruptible
{
    private const int Interrupt = 2;

#pragma warning disable CA2255 // Before anything of .NET has looked at how the signal is handled.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run()
    {
        if (OperatingSystem.IsLinux() && IsIgnored()) SetHandler(Interrupt, 0);
    }

    private static bool IsIgnored()
    {
        const string Field = "SigIgn:";
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return (ulong.Parse(line[Field.Length..], System.Globalization.NumberStyles.HexNumber | System.Globalization.NumberStyles.AllowLeadingWhite, null) >> (Interrupt - 1) & 1) != 0;
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);
}
