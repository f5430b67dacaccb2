namespace Braid.Items;

/// <summary>What exceptions say of themselves. Their properties are anybody's code and may throw, too.</summary>
internal static class ExceptionText
{
    internal static string MessageOf(Exception exception) => Read(exception, static exception => exception.Message);

    internal static string StackOf(Exception exception) => Read(exception, static exception => exception.StackTrace);

    /// <summary>All of it, with the inner exceptions and the stacks.</summary>
    internal static string Of(Exception exception) => Read(exception, static exception => exception.ToString());

    private static string Read(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception) ?? "";
        }
        catch (Exception second)
        {
            return $"(not readable: it threw {second.GetType().FullName})";
        }
    }
}
