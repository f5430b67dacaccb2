namespace Braid.Tests.Support;

public static class OptionsExtensions
{
    /// <summary>The engine's options with what is common to all taken from <paramref name="common"/>.</summary>
    public static TOptions With<TOptions>(this TOptions options, ExecutorOptions? common) where TOptions : ExecutorOptions =>
        common is null ? options : (TOptions)(options with { Name = common.Name, TimeProvider = common.TimeProvider, Timeline = common.Timeline });
}
