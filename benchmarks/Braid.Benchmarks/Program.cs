using Braid.Benchmarks.Cases;
using Braid.Benchmarks.Measuring;

namespace Braid.Benchmarks;

/// <summary>Three programs in one: the session that starts measurements and compares them, (<c>case</c>) one measurement, and (<c>serve</c>) a server for one.</summary>
internal static class Program
{
    private const int UsageError = 2;

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is ["serve", var kind]) return EchoServers.Serve(kind);
        if (arguments is ["case", .. var rest]) return await Measurement.RunAsync(rest);
        if (SessionOptions.Parse(arguments, out string problem) is { } options) return await new Session(options).RunAsync();
        await Console.Error.WriteLineAsync(problem);
        return UsageError;
    }
}
