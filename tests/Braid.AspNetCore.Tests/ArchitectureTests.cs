namespace Braid.AspNetCore.Tests;

/// <summary>The assembly knows the core and the web framework, and shows two types.</summary>
public sealed class ArchitectureTests
{
    [Fact]
    public void It_knows_Braid_and_the_framework_and_nothing_else()
    {
        var allowed = new[] { "System.", "Microsoft.AspNetCore.", "Microsoft.Extensions." };
        Assert.All(typeof(LoopTransportOptions).Assembly.GetReferencedAssemblies(), reference =>
            Assert.True(reference.Name == "Braid" || allowed.Any(prefix => reference.Name!.StartsWith(prefix, StringComparison.Ordinal)), reference.Name));
    }

    [Fact]
    public void Its_public_types_are_the_options_and_the_extensions() =>
        Assert.Equal([nameof(BraidTransportExtensions), nameof(LoopTransportOptions)],
            typeof(LoopTransportOptions).Assembly.GetExportedTypes().Select(type => type.Name).Order(StringComparer.Ordinal));
}
