// A table that every item needs travels to each worker process once, not with every item.
#:project ../src/Braid/Braid.csproj
using System.Diagnostics;
using Braid;

await using var executor = new ProcessExecutor(new ProcessOptions { Workers = 2 });

// A hundred thousand words and what they count for: some 1.5 MB as JSON.
var scores = Constant.Of(Enumerable.Range(0, 100_000).ToDictionary(i => $"word{i}", i => i % 10));
string[] texts = [.. Enumerable.Range(0, 1_000).Select(i => $"word{i} word{2 * i} word{3 * i} nothing")];

var clock = Stopwatch.StartNew();
long total = 0;
await foreach (int score in executor.MapAsync(texts.Select(text => (scores, text)), Texts.Score)) total += score;
Console.WriteLine($"{texts.Length} texts, {total} points");
Console.Error.WriteLine($"in {clock.Elapsed.TotalSeconds:F1} s");

static class Texts
{
    public static int Score((Constant<Dictionary<string, int>> Scores, string Text) item) =>
        item.Text.Split(' ').Sum(word => item.Scores.Value.GetValueOrDefault(word));
}
