using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Braid.Cli.Comparison;
using Braid.Cli.Works;

namespace Braid.Cli.Commands;

/// <summary>The command line of <c>braid compare</c>: its options, their help, and nothing else.</summary>
internal static class CompareCommand
{
    internal const string Name = "compare";

    internal static Command Create(Terminal terminal)
    {
        var work = new Argument<string?>("WORK")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "A built-in work (" + string.Join(", ", BuiltInWork.Names) + "), file.cs:Method, file.cs:Type.Method, file.dll:Namespace.Type.Method or "
                + "project.csproj:Namespace.Type.Method. A static method of one argument, sync or async, with or without a CancellationToken. Nothing: all built-in works.",
        };
        var input = new Option<string[]>("--input") { Description = "An item's argument; may be repeated. Text, number, date, enum, or JSON for records.", HelpName = "VALUE" };
        var inputs = new Option<string?>("--inputs") { Description = "A file with one argument a line; - is standard input. Empty lines are skipped.", HelpName = "FILE" };
        var repeat = new Option<int>("--repeat")
        {
            CustomParser = ReadNumber,
            Description = "Run the list of items so many times over.",
            HelpName = "N",
            DefaultValueFactory = static _ => 1,
        };
        var engines = new Option<string?>("--engines")
        {
            Description = $"Some of {string.Join(",", EngineNames.All.Select(EngineNames.Key))}; inline is always among them. Default: all.",
            HelpName = "LIST",
        };
        var concurrency = new Option<int?>("--concurrency")
        {
            CustomParser = static result => ReadNumber(result),
            Description = $"Items at once on every engine but inline. Default: as many processes as cores; as many threads as cores, or for work that waits as many as items, "
                + $"up to {ConcurrencyRule.MostThreads}; on the loop as many as items, up to {ConcurrencyRule.MostOnLoop}.",
            HelpName = "N",
        };
        var turns = new Option<int?>("--turns")
        {
            CustomParser = static result => ReadNumber(result),
            Description = $"How often every engine runs. Default: {TurnPlan.Fewest} to {TurnPlan.Most}, as time allows.",
            HelpName = "N",
        };
        var report = new Option<string>("--report")
        {
            Description = "The page with the table, the timelines and the verdict.",
            HelpName = "FILE",
            DefaultValueFactory = static _ => "report.html",
        };
        var trace = new Option<string?>("--trace") { Description = "Also write the timelines in the Trace Event format, which Perfetto opens.", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Write one JSON document to standard output, and nothing else." };
        var noColor = new Option<bool>("--no-color") { Description = "Write without colours; so does setting NO_COLOR." };

        var command = new Command(Name, "Runs the same items inline, on threads, on threads under one lock, in processes and on an event loop; checks that all give "
            + "the same results; says which is fastest and why.")
        {
            work, input, inputs, repeat, engines, concurrency, turns, report, trace, json, noColor,
        };
        command.SetAction((parsed, cancellationToken) => new Comparing(terminal, TimeProvider.System).RunAsync(new CompareOptions
        {
            Work = parsed.GetValue(work),
            Input = parsed.GetValue(input) ?? [],
            Inputs = parsed.GetValue(inputs),
            Repeat = parsed.GetValue(repeat),
            Settings = new ComparisonSettings
            {
                Engines = parsed.GetValue(engines) is { } list ? EngineNames.Parse(list) : EngineNames.All,
                Concurrency = parsed.GetValue(concurrency),
                Turns = parsed.GetValue(turns),
            },
            Report = parsed.GetValue(report)!,
            Trace = parsed.GetValue(trace),
            Json = parsed.GetValue(json),
            NoColor = parsed.GetValue(noColor),
        }, cancellationToken));
        HelpExamples.AddTo(command,
            "braid compare",
            "braid compare primes --engines threads,processes --concurrency 4",
            "braid compare Thumbnails.cs:Shrink --inputs pictures.txt",
            "braid compare Work.cs:Square --input 3 --input 4 --repeat 100",
            "braid compare bin/Release/net10.0/Shop.dll:Shop.Orders.Price --input '{\"Item\": \"tea\", \"Count\": 2}'",
            "braid compare src/Shop/Shop.csproj:Shop.Orders.FetchAsync --inputs - --json < orders.txt");
        return command;
    }

    /// <summary>The parser's own message names .NET's type instead of what to write.</summary>
    private static int ReadNumber(ArgumentResult result)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 1) return number;
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} {text}: write a whole number from 1 to {int.MaxValue:N0}.");
        return 1;
    }
}
