using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Braid.Tests.Support;
using Xunit;

namespace Braid.Tests.Loops;

/// <summary>What the framework's own code does on a loop and on the pool is no escape of the program's.</summary>
[Collection("Escapes")]
public sealed class EscapeLibraryTests : EscapeTest
{
    [Theory, MemberData(nameof(PollersAndMemory))]
    public void HttpClient_over_TLS_and_its_server_on_one_loop_are_not_told_of(LoopPoller poller)
    {
        using var certificate = TestCertificate.Create();
        AssertNothing(async () =>
        {
            await using var listener = LoopListener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var serving = ServeAsync(listener, certificate, requests: 20);
            using (var handler = Loop.CreateHttpHandler())
            {
                handler.SslOptions.RemoteCertificateValidationCallback = (_, received, _, _) => certificate.Equals(received);
                using var client = new HttpClient(handler);
                var url = $"https://localhost:{((IPEndPoint)listener.LocalEndPoint).Port}/";
                for (var i = 0; i < 20; i++)
                {
                    using var answer = await client.GetAsync(url);
                    Assert.Equal(100_000, (await answer.Content.ReadAsByteArrayAsync()).Length);
                }
            }

            await serving;
        }, Options(poller));
    }

    [Fact]
    public void Files_and_streams_of_the_framework_are_not_told_of()
    {
        var path = Path.GetTempFileName();
        AssertNothing(async () =>
        {
            await File.WriteAllTextAsync(path, new string('x', 100_000));
            Assert.Equal(100_000, (await File.ReadAllTextAsync(path)).Length);
            await using var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous });
            using var reader = new StreamReader(file);
            while (await reader.ReadLineAsync() is not null) { }
            file.Position = 0;
            await file.CopyToAsync(Stream.Null);
        });
        File.Delete(path);
    }

    private static async Task ServeAsync(LoopListener listener, X509Certificate2 certificate, int requests)
    {
        await using var socket = await listener.AcceptAsync();
        await using var stream = new SslStream(socket.AsStream());
        await stream.AuthenticateAsServerAsync(certificate);
        for (var i = 0; i < requests; i++)
        {
            await ReceiveRequestAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"));
            await stream.WriteAsync(new byte[100_000]);
        }
    }

    private static async Task ReceiveRequestAsync(Stream stream)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) length += await stream.ReadAtLeastAsync(buffer.AsMemory(length), 1);
    }
}
