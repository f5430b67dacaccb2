namespace Braid.Processes;

/// <summary>Tells a worker's connection when a token is cancelled: one registration for all the calls that share the token, such as those of a map.</summary>
/// <remarks>Guarded by the sender's lock, but for the callback.</remarks>
internal sealed class CancellationWatch(Action<CancellationToken> cancelled) : IDisposable
{
    // Several maps at once on one executor are few; above this, tokens that no call has any more are let go.
    private const int FewTokens = 8;

    private readonly List<Watched> _watched = [];
    private CancellationToken _last;
    private int _most = FewTokens;

    /// <summary>Sees to it that the token's cancellation is told, now if it has come already.</summary>
    /// <param name="token">A call's.</param>
    /// <param name="isUsed">Whether a call has the token.</param>
    internal void Add(CancellationToken token, Func<CancellationToken, bool> isUsed)
    {
        if (!token.CanBeCanceled) return;
        if (token == _last && !token.IsCancellationRequested) return;
        _last = token;
        if (token.IsCancellationRequested || !IsWatched(token)) Watch(token, isUsed);
    }

    // A method of its own, for every item comes by: what its lambda captures would be made for each.
    private bool IsWatched(CancellationToken token) => _watched.Exists(known => known.Token == token);

    private void Watch(CancellationToken token, Func<CancellationToken, bool> isUsed)
    {
        if (_watched.Count >= _most) LetGo(isUsed);
        var registration = token.UnsafeRegister(static (state, token) => ((Action<CancellationToken>)state!)(token), cancelled);
        _watched.Add(new(token, registration));
    }

    private void LetGo(Func<CancellationToken, bool> isUsed)
    {
        foreach (var unused in _watched.FindAll(known => !isUsed(known.Token)))
        {
            unused.Registration.Unregister();
            _watched.Remove(unused);
        }

        _most = Math.Max(FewTokens, 2 * _watched.Count);
    }

    public void Dispose()
    {
        foreach (var watched in _watched) watched.Registration.Unregister();
        _watched.Clear();
    }

    private sealed record Watched(CancellationToken Token, CancellationTokenRegistration Registration);
}
