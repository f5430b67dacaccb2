using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;

namespace Braid.AspNetCore.Tests;

/// <summary>Loops that each listen on the server's port.</summary>
public sealed class SharedPortTests
{
    private static readonly ServerSetup Setup = new() { Loops = new() { Loops = 3, SharePort = true } };

    [Fact]
    public async Task Each_loop_serves_connections_and_keeps_them()
    {
        await using var server = await WebServer.StartAsync(Setup, MapThread);
        var threads = new HashSet<string>();
        for (int i = 0; i < 300 && (threads.Count < 3 || i < 10); i++) // a hash decides: 300 that miss one of three loops do not happen
        {
            using var client = server.CreateClient(connections: 1);
            string thread = await AskAsync(client);
            threads.Add(thread);
            Assert.Equal(thread, await AskAsync(client));
        }

        if (OperatingSystem.IsLinux()) Assert.Equal(["Braid web 0", "Braid web 1", "Braid web 2"], threads.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Http2_and_TLS_work_on_a_shared_port()
    {
        var setup = Setup with { Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2, Tls = true };
        await using var server = await WebServer.StartAsync(setup, MapThread);
        for (int i = 0; i < 5; i++)
        {
            using var client = server.CreateClient();
            Assert.StartsWith("Braid web ", await AskAsync(client), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nobody_listens_any_more_when_the_server_has_stopped_and_the_next_one_can()
    {
        IPEndPoint endpoint;
        await using (var server = await WebServer.StartAsync(Setup, MapThread))
        {
            endpoint = server.EndPoint;
            using var client = server.CreateClient();
            await AskAsync(client);
        }

        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
            await Assert.ThrowsAnyAsync<SocketException>(() => socket.ConnectAsync(endpoint));
        await using var second = await WebServer.StartAsync(Setup with { EndPoint = endpoint }, MapThread);
        using var again = second.CreateClient();
        Assert.StartsWith("Braid web ", await AskAsync(again), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_is_shared_only_with_who_asks_for_it_too()
    {
        await using var sharing = await WebServer.StartAsync(Setup, MapThread);
        await Assert.ThrowsAsync<IOException>(() => WebServer.StartAsync(new ServerSetup { EndPoint = sharing.EndPoint }, _ => { }));
        await using var alone = await WebServer.StartAsync(new ServerSetup(), MapThread);
        await Assert.ThrowsAsync<IOException>(() => WebServer.StartAsync(Setup with { EndPoint = alone.EndPoint }, _ => { }));
    }

    [Fact]
    public async Task A_Unix_socket_and_a_single_loop_are_served_as_ever()
    {
        string path = Path.Combine(Path.GetTempPath(), $"braid-{Guid.NewGuid():N}.sock");
        ServerSetup[] setups = [Setup with { EndPoint = new UnixDomainSocketEndPoint(path) }, new() { Loops = new() { Loops = 1, SharePort = true } }];
        foreach (var setup in setups)
        {
            await using var server = await WebServer.StartAsync(setup, MapThread);
            using var client = server.CreateClient();
            Assert.StartsWith("Braid web ", await AskAsync(client), StringComparison.Ordinal);
        }
    }

    private static void MapThread(WebApplication application) => application.MapGet("/", () => Thread.CurrentThread.Name);

    private static Task<string> AskAsync(HttpClient client) => client.GetStringAsync(new Uri("/", UriKind.Relative)).Bounded();
}
