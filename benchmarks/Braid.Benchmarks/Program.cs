using Braid.Benchmarks.Cases;
using Braid.Benchmarks.Measuring;
using Braid.Benchmarks.Soaking;

namespace Braid.Benchmarks;

/// <summary>Some programs in one: the session that starts measurements and compares them, (<c>case</c>) one measurement, (<c>serve</c>) a server for one, and (<c>soak</c>) no measurement
/// but a trial of endurance.</summary>
internal static class Program
{
    private const int UsageError = 2;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["serve", var kind]) return EchoServers.Serve(kind);
        if (arguments is ["soak", .. var soak]) return await Soak.RunAsync(soak);
        if (arguments is ["soak-child", .. var child]) return SoakChild.Run(child);
        if (arguments is ["case", .. var rest]) return await Measurement.RunAsync(rest);
        if (SessionOptions.Parse(arguments, out string problem) is { } options) return await new Session(options).RunAsync();
        await Console.Error.WriteLineAsync(problem);
        return UsageError;
    }
}
