using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Braid.AspNetCore.Tests.Support;

/// <summary>What a server of a test is: on loops or Kestrel's own, with which protocol, where.</summary>
public sealed record ServerSetup
{
    /// <summary>Null: Kestrel's own transport, on the thread pool.</summary>
    public LoopTransportOptions? Loops { get; init; } = new() { Loops = 2 };

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    public bool Tls { get; init; }

    public EndPoint EndPoint { get; init; } = new IPEndPoint(IPAddress.Loopback, 0);

    public Action<KestrelServerOptions>? Kestrel { get; init; }
}

/// <summary>A web application of minimal APIs on loopback.</summary>
public sealed class WebServer : IAsyncDisposable
{
    // Less than the 30 s after which the host breaks what is left: every connection has to end by itself.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private static readonly X509Certificate2 Certificate = MakeCertificate();

    private readonly WebApplication _application;
    private readonly ServerSetup _setup;

    private WebServer(WebApplication application, ServerSetup setup)
    {
        _application = application;
        _setup = setup;
    }

    public IPEndPoint EndPoint { get; private set; } = null!;

    public WebApplication Application => _application;

    public string Url => _setup.EndPoint is UnixDomainSocketEndPoint ? "http://localhost/" : $"{(_setup.Tls ? "https" : "http")}://{EndPoint}/";

    public static async Task<WebServer> StartAsync(ServerSetup setup, Action<WebApplication> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (setup.Loops is { } loops) builder.WebHost.UseBraidTransport(loops);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            setup.Kestrel?.Invoke(kestrel);
            void Listen(ListenOptions options)
            {
                options.Protocols = setup.Protocols;
                if (setup.Tls) options.UseHttps(Certificate);
            }

            if (setup.EndPoint is UnixDomainSocketEndPoint unix) kestrel.ListenUnixSocket(unix.ToString(), Listen);
            else kestrel.Listen((IPEndPoint)setup.EndPoint, Listen);
        });
        var application = builder.Build();
        configure(application);
        await application.StartAsync().Bounded();
        var server = new WebServer(application, setup);
        if (setup.EndPoint is IPEndPoint)
        {
            var url = new Uri(application.Urls.Single());
            server.EndPoint = new IPEndPoint(IPAddress.Loopback, url.Port);
        }

        return server;
    }

    /// <summary>A client on the thread pool.</summary>
    public HttpClient CreateClient(int connections = int.MaxValue) => Prepare(new SocketsHttpHandler { MaxConnectionsPerServer = connections });

    /// <summary>A client with this handler, for this server.</summary>
    public HttpClient Prepare(SocketsHttpHandler handler)
    {
        handler.UseProxy = false;
        handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Equals(Certificate) };
        if (_setup.EndPoint is UnixDomainSocketEndPoint unix)
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(unix, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        return new HttpClient(handler)
        {
            BaseAddress = new Uri(Url),
            Timeout = BoundedExtensions.Limit,
            DefaultRequestVersion = _setup.Protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>A bare connection, for what HttpClient never does.</summary>
    public async Task<NetworkStream> ConnectAsync()
    {
        var socket = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint).Bounded();
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().WaitAsync(StopLimit);
        await _application.DisposeAsync().Bounded();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
