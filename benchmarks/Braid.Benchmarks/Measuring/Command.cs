namespace Braid.Benchmarks.Measuring;

/// <summary>A program and its arguments.</summary>
internal sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>This program once more, with other arguments.</summary>
    internal static Command Own(params string[] arguments)
    {
        string own = Environment.ProcessPath!;
        bool isHosted = Path.GetFileNameWithoutExtension(own) == "dotnet";
        return new(own, isHosted ? [typeof(Command).Assembly.Location, .. arguments] : arguments);
    }

    /// <summary>The same with more arguments behind.</summary>
    internal Command With(params string[] arguments) => this with { Arguments = [.. Arguments, .. arguments] };
}
