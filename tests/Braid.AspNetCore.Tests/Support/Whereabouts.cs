using System.Collections.Concurrent;

namespace Braid.AspNetCore.Tests.Support;

/// <summary>Notes of where code ran: a thread of a loop, or not.</summary>
public sealed class Whereabouts
{
    private readonly ConcurrentQueue<(string Place, int Thread, EventLoop? Loop)> _notes = new();

    public IEnumerable<string> OffLoop => _notes.Where(note => note.Loop is null).Select(note => note.Place).Distinct();

    public int Count => _notes.Count;

    public int Threads => _notes.Select(note => note.Thread).Distinct().Count();

    public void Note(string place) => _notes.Enqueue((place, Environment.CurrentManagedThreadId, EventLoop.Current));
}
