namespace Braid.Stacks;

/// <summary>The managed stack of another thread of this process, for which .NET has no call.</summary>
/// <remarks>
/// The runtime's own sampling profiler looks at all threads for some milliseconds, through <see cref="DiagnosticsPort"/>, and tells the names of
/// the methods at the end. It stops every thread of the process for a fraction of a millisecond per look, and the names cost some
/// hundredths of a second of one processor: for rare events only.
/// </remarks>
internal static class ThreadStack
{
    // The profiler looks once a millisecond; on a busy machine the first look comes late, and then there is a second, longer try.
    private static readonly TimeSpan[] SampleTimes = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)];

    // For each step. A runtime that takes longer than this has worse to do.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    // Names of methods that were compiled (0x10) or loaded as machine code (0x20), when the session ends (0x100).
    private const ulong MethodNames = 0x130;

    // 250 bytes for each method that has run, so a quarter of a million methods. A longer trace is given up.
    private const long LongestTrace = 64 << 20;

    private const int MostFrames = 64;

    private static readonly ManualResetEventSlim Never = new();

    /// <summary>Takes the stack of a thread, innermost frame first. Blocks for some hundredths of a second.</summary>
    /// <param name="threadId">See <see cref="ThreadNumber"/>.</param>
    /// <param name="isStillThere">Asked when the samples have been taken. False: the stack is not what was wanted.</param>
    /// <param name="whyNot">Why there is no stack, for the end of a sentence.</param>
    /// <returns>Null if there is none to be had.</returns>
    public static IReadOnlyList<string>? Take(long threadId, Func<bool> isStillThere, out string? whyNot)
    {
        whyNot = null;
        try
        {
            if (threadId == 0) throw new IOException("this system does not number its threads");
            foreach (var time in SampleTimes)
                if (Sample(threadId, isStillThere, time) is { } frames) return frames;
            throw new IOException("the runtime's profiler did not look at the thread in time");
        }
        catch (Exception exception)
        {
            // Whatever goes wrong with another's port and format: the report that wanted the stack comes without it.
            whyNot = exception.Message;
            return null;
        }
    }

    private static List<string>? Sample(long threadId, Func<bool> isStillThere, TimeSpan time)
    {
        var (session, data) = DiagnosticsPort.Collect(TraceReader.Sampler, MethodNames, Timeout);
        using (data)
        {
            Never.Wait(time);
            var isValid = isStillThere();
            using var stopping = DiagnosticsPort.Stop(session, Timeout);
            var reader = new TraceReader(data, threadId, LongestTrace);
            reader.Read(); // in any case: a session that nobody reads keeps the runtime waiting
            if (!isValid) throw new IOException("it ended while its stack was being taken");
            return reader.LastStack == 0 ? null : Frames(reader);
        }
    }

    private static List<string> Frames(TraceReader reader)
    {
        var frames = new List<string>();
        foreach (var address in reader.Addresses(reader.LastStack))
        {
            if (frames.Count == MostFrames) break;
            var method = reader.Methods.Find(candidate => candidate.Contains(address));
            frames.Add(method.Type is null ? $"0x{address:x}" : MethodName.Of(method.Type, method.Method));
        }

        return frames;
    }
}
