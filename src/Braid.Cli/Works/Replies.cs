using System.Globalization;
using Braid.Cli.Arguments;
using Braid.Cli.WorkLoader;

namespace Braid.Cli.Works;

/// <summary>The built-in work of slow input and output: HTTP requests to a server that takes its time.</summary>
internal static class Replies
{
    // Inline they come one after the other, 4 s in all; more would make a turn too long to repeat.
    private const int Items = 40;

    // One client a process, as .NET advises: connections are kept and used again. Workers have their own.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    internal static StartedWork Start()
    {
        var server = ReplyServer.Start(TimeProvider.System);
        return new StartedWork(
            LoadedWork.Of(Work.Of<string, int>(GetNumberAsync, "replies")),
            [.. Enumerable.Range(1, Items).Select(i => new InputLine(server.AddressOf(i).ToString(), "replies"))])
        {
            Beside = server,
        };
    }

    /// <summary>Gets the reply, which is a number.</summary>
    internal static async Task<int> GetNumberAsync(string address, CancellationToken cancellationToken)
    {
        var text = await Client.GetStringAsync(new Uri(address), cancellationToken);
        return int.Parse(text, CultureInfo.InvariantCulture);
    }
}
