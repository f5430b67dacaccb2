namespace Braid.Items;

/// <summary>The caller's token: the method's, the enumeration's (<c>WithCancellation</c>), or both.</summary>
internal static class CallerToken
{
    internal static CancellationToken Of(CancellationToken method, CancellationToken enumeration, out CancellationTokenSource? linked)
    {
        linked = null;
        if (!enumeration.CanBeCanceled || enumeration == method) return method;
        if (!method.CanBeCanceled) return enumeration;
        linked = CancellationTokenSource.CreateLinkedTokenSource(method, enumeration);
        return linked.Token;
    }
}
