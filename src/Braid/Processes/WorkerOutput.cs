using System.Globalization;
using System.Text;

namespace Braid.Processes;

/// <summary>
/// Reads one of a worker's output streams on a thread of its own, always: a full pipe would stop the worker. Lines go to this process's
/// console with the worker's number before them; the last ones are kept for error messages.
/// </summary>
internal sealed class WorkerOutput
{
    private const int TailLines = 20;

    // A "line" without an end is passed on in pieces of this many characters, so that it cannot fill the memory.
    private const int LongestLine = 16 * 1024;
    private const int StackSize = 256 * 1024;

    private readonly StreamReader _reader;
    private readonly Func<TextWriter> _target;
    private readonly string _prefix;
    private readonly StringBuilder _line = new();
    private readonly Thread _thread;

    // Guards itself.
    private readonly Queue<string> _tail = new();

    internal WorkerOutput(StreamReader reader, int worker, Func<TextWriter> target)
    {
        _reader = reader;
        _target = target;
        _prefix = string.Create(CultureInfo.InvariantCulture, $"[worker {worker}] ");
        _thread = new Thread(Read, StackSize) { Name = $"Braid worker {worker} output", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>The last lines.</summary>
    internal string Tail
    {
        get
        {
            lock (_tail) return string.Join(Environment.NewLine, _tail);
        }
    }

    /// <summary>Waits until the stream has ended: what the worker wrote before it ended is here. Others may hold it open, so not for ever.</summary>
    internal void WaitForEnd(TimeSpan limit) => _thread.Join(limit);

    private void Read()
    {
        char[] buffer = new char[4096];
        try
        {
            for (int count = _reader.Read(buffer); count > 0; count = _reader.Read(buffer)) Split(buffer.AsSpan(0, count));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The end, in another form.
        }

        if (_line.Length > 0) PassOn();
    }

    private void Split(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf('\n');
            int length = Math.Min(end < 0 ? text.Length : end, LongestLine - _line.Length);
            _line.Append(text[..length]);
            bool isWhole = length == end;
            text = text[(isWhole ? length + 1 : length)..];
            if (isWhole || _line.Length >= LongestLine) PassOn();
        }
    }

    private void PassOn()
    {
        if (_line.Length > 0 && _line[^1] == '\r') _line.Length--;
        string line = _line.ToString();
        _line.Clear();
        lock (_tail)
        {
            if (_tail.Count == TailLines) _tail.Dequeue();
            _tail.Enqueue(line);
        }

        try
        {
            _target().WriteLine(_prefix + line);
        }
        catch (Exception)
        {
            // The program's own console is closed or broken. The worker must be read on all the same.
        }
    }
}
