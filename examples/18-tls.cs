// TLS on the loop: .NET's SslStream over a loop's socket. All of it runs on the loop's one thread.
#:project ../src/Braid/Braid.csproj
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Braid;

using var certificate = CreateCertificate();
EventLoop.Run(async cancellationToken =>
{
    int thread = Environment.CurrentManagedThreadId;
    await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    var server = ServeAsync(listener, certificate);

    await using var socket = await LoopSocket.ConnectAsync(listener.LocalEndPoint);
    await using var tls = new SslStream(socket.AsStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => certificate.Equals(shown));
    await tls.AuthenticateAsClientAsync("localhost");

    await using var writer = new StreamWriter(tls, leaveOpen: true) { AutoFlush = true };
    using var reader = new StreamReader(tls, leaveOpen: true);
    foreach (string text in new[] { "one", "two", "three" })
    {
        await writer.WriteLineAsync(text);
        Console.WriteLine($"{text} -> {await reader.ReadLineAsync()}");
    }

    await tls.ShutdownAsync(); // The server reads the end; what it still has to say would arrive.
    await server;
    Console.WriteLine($"still on the same thread: {Environment.CurrentManagedThreadId == thread}");
});

static async Task ServeAsync(LoopListener listener, X509Certificate2 certificate)
{
    await using var connection = await listener.AcceptAsync();
    await using var tls = new SslStream(connection.AsStream());
    await tls.AuthenticateAsServerAsync(certificate);
    await using var writer = new StreamWriter(tls, leaveOpen: true) { AutoFlush = true };
    using var reader = new StreamReader(tls, leaveOpen: true);
    while (await reader.ReadLineAsync() is { } line) await writer.WriteLineAsync(line.ToUpperInvariant());
}

// A certificate of one's own is enough for a client that knows it.
static X509Certificate2 CreateCertificate()
{
    using var key = RSA.Create(2048);
    var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
}
