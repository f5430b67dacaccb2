namespace Braid;

/// <summary>How a <see cref="LoopProcess"/> is started.</summary>
public sealed record LoopProcessOptions
{
    /// <summary>Added to those of this program, which the other one inherits; null as a value takes one away.</summary>
    public IReadOnlyDictionary<string, string?> EnvironmentVariables { get; init; } = new Dictionary<string, string?>();

    /// <summary>Null: this program's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Where the program reads from.</summary>
    public LoopProcessStream StandardInput { get; init; }

    /// <summary>Where the program writes to. What is piped must be read: a program whose pipe is full waits.</summary>
    public LoopProcessStream StandardOutput { get; init; }

    /// <summary>Where the program writes its errors to. What is piped must be read: a program whose pipe is full waits.</summary>
    public LoopProcessStream StandardError { get; init; }

    internal void Validate()
    {
        Check(StandardInput, nameof(StandardInput));
        Check(StandardOutput, nameof(StandardOutput));
        Check(StandardError, nameof(StandardError));
    }

    private static void Check(LoopProcessStream stream, string name)
    {
        if (!Enum.IsDefined(stream)) throw new ArgumentOutOfRangeException(name, stream, $"{name} must be a member of LoopProcessStream.");
    }
}

/// <summary>What one of a program's standard streams is connected to.</summary>
public enum LoopProcessStream
{
    /// <summary>What this program's own is connected to: the terminal, a file.</summary>
    Inherited,

    /// <summary>A stream of <see cref="LoopProcess"/>, read or written on the loop.</summary>
    Piped,
}
