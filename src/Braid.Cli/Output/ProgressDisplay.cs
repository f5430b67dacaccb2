using Braid.Cli.Comparison;

namespace Braid.Cli.Output;

/// <summary>One line on standard error that says what runs now. Silent when nobody watches.</summary>
internal sealed class ProgressDisplay(Terminal terminal, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // Guards the fields below: items end on any thread.
    private readonly Lock _gate = new();
    private long _lastWrite;
    private int _written;

    internal void Report(RunProgress progress)
    {
        if (!terminal.ErrorIsTerminal) return;
        lock (_gate)
        {
            // Ten times a second: writing to a terminal for every item would take part in the measurement.
            var isNew = progress.Ended == 0;
            if (!isNew && _lastWrite != 0 && timeProvider.GetElapsedTime(_lastWrite) < Interval) return;
            _lastWrite = timeProvider.GetTimestamp();
            Write(progress.Turn == 0
                ? $"{progress.Work}: trying the first item, {progress.Engine.Title()}"
                : $"{progress.Work}: turn {progress.Turn}, {progress.Engine.Title()}, {progress.Ended} of {progress.Items} items");
        }
    }

    internal void Say(string text)
    {
        if (!terminal.ErrorIsTerminal) return;
        lock (_gate) Write(text);
    }

    /// <summary>Removes the line, before anything else is written.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            if (_written > 0) Write("");
            if (_written > 0) terminal.Error.Write('\r');
            _written = 0;
        }
    }

    private void Write(string text)
    {
        if (text.Length >= terminal.Width) text = text[..(terminal.Width - 1)];
        terminal.Error.Write($"\r{text.PadRight(_written)}");
        terminal.Error.Flush();
        _written = Math.Max(_written, text.Length);
    }
}
