using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Braid.AspNetCore.Transport;

/// <summary>What Kestrel and the application see of a connection.</summary>
internal sealed partial class LoopConnection : ConnectionContext, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature,
    IMemoryPoolFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature, IConnectionInherentKeepAliveFeature
{
    // Tells the connections of one run of the program from those of another in a log.
    private static readonly string Run = Guid.NewGuid().ToString("N")[..8].ToUpperInvariant();
    private static long _connections;

    private string? _id;
    private IDictionary<object, object?>? _items;

    public override IFeatureCollection Features { get; }

    public override string ConnectionId
    {
        get => _id ??= string.Create(CultureInfo.InvariantCulture, $"{Run}-{Interlocked.Increment(ref _connections)}");
        set => _id = value;
    }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public MemoryPool<byte> MemoryPool => _place.Memory;

    /// <summary>A bare stream connection: who wants to know whether the other end is still there has to ask it.</summary>
    public bool HasInherentKeepAlive => false;

    /// <summary>Breaks the connection. From any thread.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (Loop.IsCurrentThread) EndNow(abortReason);
        else Loop.TryPostLibrary(_ => EndNow(abortReason), null); // false: the loop has ended, and closed its sockets
    }

    public override void Abort() => Abort(new ConnectionAbortedException("The application has aborted the connection."));

    /// <summary>What was written is sent before; returns when both directions have ended.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync().ConfigureAwait(false);
        await _output.Writer.CompleteAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        await _socket.DisposeAsync().ConfigureAwait(false);
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private FeatureCollection CreateFeatures()
    {
        var features = new FeatureCollection();
        features.Set<IConnectionIdFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IMemoryPoolFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionEndPointFeature>(this);
        features.Set<IConnectionInherentKeepAliveFeature>(this);
        features.Set(_place.Feature);
        return features;
    }
}
