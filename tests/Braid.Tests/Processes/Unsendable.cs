using System.Text.Json.Serialization;

namespace Braid.Tests.Processes;

/// <summary>An argument that cannot be encoded, and stops where a test wants to do something meanwhile.</summary>
public sealed class Unsendable
{
    /// <summary>Reached when an item's end is told in the context that has this value, on the pause's thread.</summary>
    internal static readonly AsyncLocal<Pause?> Ending = new(static change => change.CurrentValue?.StopIfHere());

    /// <summary>What is encoded first.</summary>
    public int Value
    {
        get
        {
            Encoding?.Stop();
            throw new InvalidOperationException("This cannot be encoded.");
        }
    }

    [JsonIgnore]
    internal Pause? Encoding { get; init; }

    public static int Take(Unsendable argument) => argument.Value;

    internal sealed class Pause(Thread? thread = null) : IDisposable
    {
        internal ManualResetEventSlim Reached { get; } = new();

        internal ManualResetEventSlim Over { get; } = new();

        public void Dispose()
        {
            Reached.Dispose();
            Over.Dispose();
        }

        internal void Stop()
        {
            Reached.Set();
            Over.Wait(TimeSpan.FromSeconds(30));
        }

        internal void StopIfHere()
        {
            if (Thread.CurrentThread == thread) Stop();
        }
    }
}
