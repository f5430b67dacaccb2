using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Braid.Benchmarks.Measuring;
using Braid.Benchmarks.Reporting;

namespace Braid.Benchmarks.Soaking;

/// <summary>
/// Many connections that open, talk, break and close, for minutes, among them those of child processes that are killed: what the process
/// holds afterwards must be what it held before.
/// </summary>
/// <remarks>
/// <code>
///   child processes ──┐  killed at any time
///   crowd, a loop ────┤──► TCP server, loops that share a port
///   crowd, a loop ────┘──► Unix server, a loop
///                     ├──► TLS server, a loop
///                     ├──► datagram server, loops that share a port
///                     └──► a port of nobody
/// </code>
/// The servers and the crowds' loops are there from before the first count until after the last.
/// </remarks>
internal sealed class Soak(SoakOptions options)
{
    private const int Crowds = 2;
    private const int Children = 2;

    // Seeds of child processes and their killers, apart from those of the clients.
    private const int ChildSeeds = 1_000_000;

    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(20);

    private readonly SoakTally _tally = new();
    private readonly List<SoakServer> _servers = [];
    private readonly List<SoakCrowd> _crowds = [];
    private readonly List<SoakState> _series = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _children;

    private IEnumerable<EventLoop?> Loops => _servers.SelectMany(server => server.Loops).Concat(_crowds.Select(crowd => crowd.Loop));

    internal static async Task<int> RunAsync(string[] arguments)
    {
        if (SoakOptions.Parse(arguments, out string problem) is { } options) return await new Soak(options).RunAsync();
        await Console.Error.WriteLineAsync(problem);
        return 2;
    }

    private async Task<int> RunAsync()
    {
        var machine = await Machine.DescribeAsync();
        using var certificate = CreateCertificate();
        using var nobody = TakePortOfNobody();
        var addresses = await ListenAsync(certificate, (IPEndPoint)nobody.LocalEndPoint!);
        for (int i = 0; i < Crowds; i++) _crowds.Add(new SoakCrowd(options.Poller, addresses, _tally));

        await LiveAsync(options.Warmup);
        Sample(); // Once at least: what it opens, such as standard error, is there before the count.
        _series.Clear();
        var begin = await RestAsync();
        await LiveAsync(options.Time);
        var end = await RestAsync();

        foreach (var crowd in _crowds) await crowd.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
        await using var output = new ReportWriter(options.Output);
        await output.WriteAsync(SoakReport.Markdown(options, machine, [begin, end], _series, _tally));
        return _tally.Failures.Count + SoakReport.Growth(begin, end).Count == 0 ? 0 : 1;
    }

    private async Task<SoakAddresses> ListenAsync(X509Certificate2 certificate, IPEndPoint nobody)
    {
        var local = new IPEndPoint(IPAddress.Loopback, 0);
        var unix = new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"braid-soak-{Environment.ProcessId}.socket"));
        return new()
        {
            Plain = [await ListenAsync(new SoakStreamServer(options.Poller, options.Loops, null, _tally), local), await ListenAsync(new SoakStreamServer(options.Poller, 1, null, _tally), unix)],
            Secure = await ListenAsync(new SoakStreamServer(options.Poller, 1, certificate, _tally), local),
            Datagrams = (IPEndPoint)await ListenAsync(new SoakDatagramServer(options.Poller, options.Loops, _tally), local),
            Nobody = nobody,
        };
    }

    private async Task<EndPoint> ListenAsync(SoakServer server, EndPoint endpoint)
    {
        _servers.Add(server);
        await server.StartAsync(endpoint);
        return server.EndPoint;
    }

    /// <summary>Lets everybody in for a while, and returns when all have gone.</summary>
    private async Task LiveAsync(TimeSpan time)
    {
        using var stop = new CancellationTokenSource(time);
        var living = new List<Task>();
        for (int i = 0; i < Crowds; i++)
        {
            int crowd = i;
            living.Add(_crowds[i].RunAsync(Enumerable.Range(options.Seed, options.Connections).Where(seed => seed % Crowds == crowd), stop.Token));
        }

        for (int i = 0; i < Children; i++) living.Add(_crowds[i % Crowds].KillAsync(options.Seed + ChildSeeds + i, NewChild, stop.Token));
        var all = Task.WhenAll(living);
        while (await Task.WhenAny(all, Task.Delay(SampleEvery, CancellationToken.None)) != all) Sample();
        await all;
    }

    private Command NewChild() =>
        Command.Own("soak-child", $"{((IPEndPoint)_servers[0].EndPoint).Port}", $"{options.Poller}", $"{options.Seed + ChildSeeds + (1000 * Interlocked.Increment(ref _children))}");

    private void Sample()
    {
        var state = SoakState.Read(Stopwatch.GetElapsedTime(_start), Loops, _tally);
        _series.Add(state);
        Console.Error.WriteLine($"{state.At.TotalSeconds:0} s: {state.Open} open, {state.Events} ended, {state.PrivateMebibytes:0} private MiB, {state.Files} files, {_tally.Failures.Count} failures");
    }

    /// <summary>What is held when no client is there.</summary>
    private async Task<SoakState> RestAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (_tally.Open > 0 && Stopwatch.GetElapsedTime(start) < RestLimit) await Task.Delay(TimeSpan.FromMilliseconds(50));
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return SoakState.Read(Stopwatch.GetElapsedTime(_start), Loops, _tally);
    }

    // Connected to itself, it hears no client, and they are told that nobody is there.
    private static Socket TakePortOfNobody()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(socket.LocalEndPoint!);
        return socket;
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
