namespace Braid.Cli;

/// <summary>The user gave something that cannot be used. The message says what, where, and what to do; no stack is shown.</summary>
internal sealed class InputException(string message, Exception? innerException = null) : Exception(message, innerException);
