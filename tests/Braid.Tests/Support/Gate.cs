using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Braid.Tests.Support;

/// <summary>
/// A place where work waits until the test lets it go on, in whatever process it runs: work connects over loopback, says who it is and
/// reads one byte. So a test waits for events (arrived, gone) and never for time.
/// </summary>
public sealed class Gate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<Visitor>> _visitors = new();
    private readonly Task _accepting;

    public Gate()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What the next visitors hear at once; null: each waits for the test.</summary>
    public GateAnswer? StandingAnswer { get; set; }

    public GateCall Call(int id) => new(Port, id);

    public bool HasArrived(int id) => _visitors.TryGetValue(id, out var visitor) && visitor.Task.IsCompleted;

    public Task<Visitor> ArrivedAsync(int id) => Of(id).Task.Bounded();

    public async Task OpenAsync(int id) => await (await ArrivedAsync(id)).AnswerAsync(GateAnswer.Open);

    public async Task FailAsync(int id) => await (await ArrivedAsync(id)).AnswerAsync(GateAnswer.Fail);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var visitor in _visitors.Values)
            if (visitor.Task.IsCompletedSuccessfully) (await visitor.Task).Dispose();
    }

    private TaskCompletionSource<Visitor> Of(int id) =>
        _visitors.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = WelcomeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task WelcomeAsync(TcpClient client)
    {
        var id = new byte[4];
        await client.GetStream().ReadExactlyAsync(id);
        var visitor = new Visitor(client);
        if (StandingAnswer is { } answer) await visitor.AnswerAsync(answer);
        Of(BinaryPrimitives.ReadInt32LittleEndian(id)).TrySetResult(visitor);
    }
}

public enum GateAnswer : byte { Open = 1, Fail = 2 }

/// <summary>Which gate, and who comes.</summary>
public sealed record GateCall(int Port, int Id);

/// <summary>Work that waits at a gate.</summary>
public sealed class Visitor(TcpClient client) : IDisposable
{
    private readonly Task _gone = WatchAsync(client);

    /// <summary>Completes when the work has let go of the gate, by whatever way it ended.</summary>
    public Task GoneAsync() => _gone.Bounded();

    public async Task AnswerAsync(GateAnswer answer) => await client.GetStream().WriteAsync(new[] { (byte)answer });

    public void Dispose() => client.Dispose();

    private static async Task WatchAsync(TcpClient client)
    {
        try
        {
            await client.GetStream().ReadExactlyAsync(new byte[1]);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
        }
    }
}
