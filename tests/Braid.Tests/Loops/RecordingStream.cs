namespace Braid.Tests.Loops;

/// <summary>Notes on which threads it is called.</summary>
internal sealed class RecordingStream(Stream inner) : Stream
{
    private readonly List<int> _threads = [];

    public IReadOnlyCollection<int> Threads
    {
        get { lock (_threads) return [.. _threads.Distinct()]; }
    }

    public int Calls
    {
        get { lock (_threads) return _threads.Count; }
    }

    public int CallsOff(int thread)
    {
        lock (_threads) return _threads.Count(t => t != thread);
    }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() => inner.Flush();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Note();
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Note();
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Note();
        return inner.FlushAsync(cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private void Note()
    {
        lock (_threads) _threads.Add(Environment.CurrentManagedThreadId);
    }
}
