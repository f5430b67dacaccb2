// What ran where and when: give executors a timeline, save it as one HTML page that needs nothing else.
#:project ../src/Braid/Braid.csproj
using Braid;

var timeline = new Timeline();
await using (var threads = new ThreadExecutor(new ThreadOptions { Name = "threads", Threads = 2, Timeline = timeline }))
await using (var loop = new LoopExecutor(new LoopOptions { Name = "loop", Timeline = timeline }))
{
    var naps = Enumerable.Range(1, 8).Select(n => n * 5);
    await threads.ForEachAsync(naps, nap => Thread.Sleep(nap));
    await loop.ForEachAsync(naps, nap => Task.Delay(nap));
}

foreach (var items in timeline.Events.Where(e => e.Phase == TracePhase.Succeeded).GroupBy(e => e.Executor))
    Console.WriteLine($"{items.Key}: {items.Count()} items on {items.Select(e => e.Lane).Distinct().Count()} lane(s)");

string page = args.FirstOrDefault() ?? Path.Combine(Path.GetTempPath(), "braid-timeline.html");
await timeline.SaveHtmlAsync(page);
Console.Error.WriteLine($"Open {page}"); // Not standard output: the folder differs from machine to machine.
