namespace Braid.Items;

/// <summary>The item has no result because its executor was disposed and did not wait longer. Another attempt would find it disposed.</summary>
internal sealed class DisposalCanceledException(string message) : OperationCanceledException(message);
