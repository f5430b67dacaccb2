namespace Braid.Wire;

/// <summary>The peer does not speak the protocol, or not to the end. The connection cannot be used any more.</summary>
internal sealed class InvalidFrameException(string message) : Exception(message);
