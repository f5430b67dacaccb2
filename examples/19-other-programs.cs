// Other programs, started from the loop: their streams and their end are awaited, and no thread waits with them.
#:project ../src/Braid/Braid.csproj
using Braid;

EventLoop.Run(async cancellationToken =>
{
    // Read what a program writes, then how it ended.
    var piped = new LoopProcessOptions { StandardInput = LoopProcessStream.Piped, StandardOutput = LoopProcessStream.Piped };
    await using (var process = await LoopProcess.StartAsync("sh", ["-c", "echo hello $1; exit 3", "sh", "world"], piped, cancellationToken))
    {
        using var reader = new StreamReader(process.StandardOutput);
        Console.WriteLine(await reader.ReadToEndAsync(cancellationToken));
        Console.WriteLine($"exit code {await process.WaitForExitAsync(cancellationToken)}");
    }

    // Write and read at the same time: a program whose output nobody reads waits, and then reads no more either.
    await using (var sort = await LoopProcess.StartAsync("sort", options: piped, cancellationToken: cancellationToken))
    {
        using var reader = new StreamReader(sort.StandardOutput);
        var sorted = reader.ReadToEndAsync(cancellationToken);
        await using (var writer = new StreamWriter(sort.StandardInput)) // Disposing it ends the program's input.
            foreach (string word in new[] { "pear", "apple", "fig" }) await writer.WriteLineAsync(word);
        Console.WriteLine((await sorted).ReplaceLineEndings(" "));
    }

    // Disposal leaves nothing behind, not even what the program itself has started.
    var endless = await LoopProcess.StartAsync("sh", ["-c", "sleep 1000 & sleep 1000 & wait"], cancellationToken: cancellationToken);
    await endless.DisposeAsync();
    Console.WriteLine($"killed: {endless.ExitCode}"); // 128 and the signal's number, as a shell has it.
});
