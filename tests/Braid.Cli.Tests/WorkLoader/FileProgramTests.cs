using Braid.Cli.Tests.Support;

namespace Braid.Cli.Tests.WorkLoader;

public sealed class FileProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_types_with_a_package_line_is_built_and_run()
    {
        var file = _folder.Write("Work.cs", """
            #:package Newtonsoft.Json@13.0.1
            public static class Work
            {
                public static string Quote(string text) => Newtonsoft.Json.JsonConvert.SerializeObject(text);
            }
            """);

        var run = await CompareAsync($"{file}:Quote", "--input", "tea");

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Contains("tea → \"tea\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_of_a_web_program_finds_the_framework_that_the_tool_does_not_run_on()
    {
        var file = _folder.Write("Web.cs", """
            #:sdk Microsoft.NET.Sdk.Web
            using Microsoft.AspNetCore.Http;
            public static class Paths
            {
                public static string Join(string text) => new PathString("/" + text).Add("/x").Value!;
            }
            """);

        var run = await CommandRun.RunAsync("compare", $"{file}:Join", "--input", "tea", "--engines", "processes", "--turns", "1", "--report", _folder.File("report.html"));

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Contains("tea → /tea/x", run.Output, StringComparison.Ordinal);
        Assert.Contains("All engines gave equal results.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_static_local_function_of_a_program_is_work_and_one_that_captures_is_refused()
    {
        var file = _folder.Write("Program.cs", """
            #!/usr/bin/env dotnet
            var factor = int.Parse("3");
            System.Console.WriteLine(Square(2) + Scale(2));
            static int Square(int x) => x * x;
            int Scale(int x) => x * factor;
            """);

        var square = await CompareAsync($"{file}:Square", "--input", "12");
        Assert.True(square.ExitCode == 0, square.Error + square.Output);
        Assert.Contains("12 → 144", square.Output, StringComparison.Ordinal);

        var scale = await CompareAsync($"{file}:Scale", "--input", "12");
        Assert.Equal(2, scale.ExitCode);
        Assert.Contains("captures variables", scale.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_does_not_compile_is_refused_with_the_compilers_file_and_line()
    {
        var file = _folder.Write("Broken.cs", """
            public static class Work
            {
                public static int Square(int x) => x * "x";
            }
            """);

        var run = await CompareAsync($"{file}:Square", "--input", "12");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Broken.cs(3,", run.Error, StringComparison.Ordinal);
        Assert.Contains("error CS0019", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_is_built_and_run()
    {
        _folder.Write("Shop.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);
        _folder.Write("Orders.cs", "namespace Shop; public static class Orders { public static decimal Price(decimal amount) => amount * 2; }");

        var run = await CompareAsync($"{_folder.File("Shop.csproj")}:Shop.Orders.Price", "--input", "1.5");

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Contains("1.5 → 3.0", run.Output, StringComparison.Ordinal);
    }

    private Task<CommandRun> CompareAsync(params string[] args) =>
        CommandRun.RunAsync(["compare", .. args, "--engines", "threads", "--turns", "1", "--report", _folder.File("report.html")]);
}
