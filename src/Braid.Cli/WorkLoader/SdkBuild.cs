using System.Diagnostics;

namespace Braid.Cli.WorkLoader;

/// <summary>Builds a file-based program or a project with the .NET SDK and says where the assembly is.</summary>
internal static class SdkBuild
{
    private const string NeedsExecutable = "CS8805"; // "Program using top-level statements must be an executable."

    // Analysers judge code; here it is only measured, and a warning that the user's own build tolerates or not is the user's affair.
    private static readonly string[] Common = ["-c", "Release", "-v", "quiet", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false",
        "-p:CopyLocalLockFileAssemblies=true", "-p:UseSharedCompilation=false", "-t:Build", "-getProperty:TargetPath"];

    /// <summary>Builds <c>file.cs</c>, whose "#:" lines the SDK understands.</summary>
    /// <remarks>
    /// A file of types only has no entry point, which a library does not need; one with statements at its top must be a program. The
    /// compiler knows which it is, so a library is tried first and the compiler's answer decides.
    /// </remarks>
    internal static async Task<string> BuildFileAsync(string file, CancellationToken cancellationToken)
    {
        string[] arguments = ["build", file, .. Common, "-p:PublishAot=false", "-p:EnableDynamicLoading=true"];
        var library = await RunAsync([.. arguments, "-p:OutputType=Library"], file, cancellationToken);
        if (library.Succeeded) return library.TargetPath(file);
        if (!library.Text.Contains(NeedsExecutable, StringComparison.Ordinal)) throw library.Failure(file);

        var program = await RunAsync(arguments, file, cancellationToken);
        return program.Succeeded ? program.TargetPath(file) : throw program.Failure(file);
    }

    /// <summary>Builds a project in its Release configuration.</summary>
    internal static async Task<string> BuildProjectAsync(string project, CancellationToken cancellationToken)
    {
        var build = await RunAsync(["build", project, .. Common], project, cancellationToken);
        return build.Succeeded ? build.TargetPath(project) : throw build.Failure(project);
    }

    private static async Task<BuildOutput> RunAsync(string[] arguments, string source, CancellationToken cancellationToken)
    {
        using var process = Start(arguments, source);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        return new BuildOutput(process.ExitCode == 0, await output, await errors);
    }

    private static Process Start(string[] arguments, string source)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(source), // Where global.json and nuget.config are looked for.
        };

        // Under `dotnet run` these name the SDK's own folders for one particular build; another build must find its own.
        foreach (var name in new[] { "MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBuildLoadMicrosoftTargetsReadOnly" }) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // Leave no process behind.
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDTERMINALLOGGER"] = "off";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InputException($"{source} has to be built, and '{start.FileName}' could not be started: {exception.Message}. Install the .NET SDK, or give a .dll.", exception);
        }
    }

    private sealed record BuildOutput(bool Succeeded, string Output, string Errors)
    {
        internal string Text => Output + Errors;

        internal string TargetPath(string source)
        {
            var path = Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
            return File.Exists(path)
                ? path
                : throw new InputException($"{source} was built, but it is not known where to: it may target several frameworks. Build it yourself and give the .dll.");
        }

        /// <summary>The compiler's own lines, which name file and line, each once and without the project that was made for the file.</summary>
        internal InputException Failure(string source)
        {
            var lines = Text.Split('\n', StringSplitOptions.TrimEntries).Where(static line => line.Contains("error", StringComparison.OrdinalIgnoreCase))
                .Select(static line => line.EndsWith(']') && line.LastIndexOf(" [", StringComparison.Ordinal) is > 0 and var start ? line[..start] : line)
                .Where(static line => !line.StartsWith("Build failed", StringComparison.Ordinal)).Distinct().ToList();
            var errors = string.Join(Environment.NewLine, lines.Count > 0 ? lines.Select(static line => $"  {line}") : [Text.Trim()]);
            return new InputException($"{source} does not build:{Environment.NewLine}{errors}{Environment.NewLine}Correct it and run the command again.");
        }
    }
}
