using System.Diagnostics.CodeAnalysis;

namespace Braid.Processes;

/// <summary>The calls that a worker was given and that have not ended, in the order in which it runs them. Guarded by the queue's gate.</summary>
/// <remarks>Nearly every call ends as the first of them, which costs next to nothing however many there are.</remarks>
internal sealed class HeldCalls
{
    private readonly List<ProcessCall?> _calls = [];
    private int _first;

    internal int Count => _calls.Count - _first;

    /// <summary>The one that runs, or will run next; null: there is none.</summary>
    internal ProcessCall? First => _first < _calls.Count ? _calls[_first] : null;

    internal void Add(ProcessCall call) => _calls.Add(call);

    internal void Remove(ProcessCall call)
    {
        if (_first < _calls.Count && _calls[_first] == call) RemoveFirst();
        else if (_calls.IndexOf(call, _first) is >= 0 and var index) _calls.RemoveAt(index);
    }

    internal void Clear()
    {
        _calls.Clear();
        _first = 0;
    }

    internal bool TryFind(long itemId, [NotNullWhen(true)] out ProcessCall? call)
    {
        for (int i = _first; i < _calls.Count; i++)
        {
            call = _calls[i]!;
            if (call.Id == itemId) return true;
        }

        call = null;
        return false;
    }

    /// <summary>True if the item of one of them has the token.</summary>
    internal bool Use(CancellationToken token)
    {
        for (int i = _first; i < _calls.Count; i++)
        {
            if (_calls[i]!.Item.CancellationToken == token) return true;
        }

        return false;
    }

    /// <summary>All, in their order.</summary>
    internal List<ProcessCall> All() => _calls.GetRange(_first, Count)!;

    internal int CountIn(CallState state)
    {
        int count = 0;
        for (int i = _first; i < _calls.Count; i++)
        {
            if (_calls[i]!.State == state) count++;
        }

        return count;
    }

    /// <summary>Those that are in the state, in their order.</summary>
    internal List<ProcessCall> In(CallState state)
    {
        var found = new List<ProcessCall>();
        for (int i = _first; i < _calls.Count; i++)
        {
            if (_calls[i]!.State == state) found.Add(_calls[i]!);
        }

        return found;
    }

    /// <summary>Those that are in the state and not the first, in their order.</summary>
    internal List<ProcessCall> Behind(CallState state)
    {
        var found = In(state);
        if (found.Count > 0 && found[0] == First) found.RemoveAt(0);
        return found;
    }

    private void RemoveFirst()
    {
        _calls[_first++] = null;
        if (_first < _calls.Count && _first < _calls.Count / 2) return;

        // At least as many as are moved have been taken since the last time.
        _calls.RemoveRange(0, _first);
        _first = 0;
    }
}
