using System.Diagnostics;
using System.Text;
using Braid.Tests.Support;
using Braid.Tracing;
using Xunit;

namespace Braid.Tests.Tracing;

public sealed class WholeFileTests
{
    [Fact]
    public async Task A_file_that_is_there_is_replaced_as_a_whole_or_stays_as_it_was()
    {
        using var file = new TemporaryFile();
        await File.WriteAllTextAsync(file.Path, "a long text that was there before");
        await Assert.ThrowsAsync<EndOfStreamException>(() => WholeFile.WriteAsync(file.Path, (_, _) => throw new EndOfStreamException(), default));
        Assert.Equal("a long text that was there before", await File.ReadAllTextAsync(file.Path));
        await WriteAsync(file.Path, "new");
        Assert.Equal("new", await File.ReadAllTextAsync(file.Path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file.Path)!, Path.GetFileName(file.Path) + "*"));
    }

    [Fact]
    public async Task What_a_link_points_to_is_replaced_and_not_the_link()
    {
        using var file = new TemporaryFile();
        using var link = new TemporaryFile();
        await File.WriteAllTextAsync(file.Path, "old");
        File.CreateSymbolicLink(link.Path, file.Path);
        await WriteAsync(link.Path, "new");
        Assert.Equal("new", await File.ReadAllTextAsync(file.Path));
        Assert.NotNull(File.ResolveLinkTarget(link.Path, returnFinalTarget: false));
    }

    [Fact]
    public async Task What_is_no_file_is_written_to_and_stays_what_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nobody may put a pipe of their own beside the devices.");
        string pipe = Path.Combine("/dev/shm", Path.GetRandomFileName());
        using (var making = Process.Start("mkfifo", pipe)!) await making.WaitForExitAsync();
        try
        {
            var reading = Task.Run(() => File.ReadAllText(pipe));
            await WriteAsync(pipe, "all of it").Bounded();
            Assert.Equal("all of it", await reading.Bounded());
        }
        finally
        {
            File.Delete(pipe);
        }
    }

    [Fact]
    public async Task Where_nothing_can_be_written_the_error_names_what_the_user_named()
    {
        string nowhere = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "page.html");
        Assert.Equal($"'{nowhere}' cannot be written: its folder does not exist.", (await Assert.ThrowsAsync<DirectoryNotFoundException>(() => WriteAsync(nowhere, ""))).Message);
        string folder = Path.GetDirectoryName(Path.GetTempPath())!;
        Assert.Equal($"'{folder}' cannot be written: it is a folder.", (await Assert.ThrowsAsync<IOException>(() => WriteAsync(folder, ""))).Message);
    }

    private static Task WriteAsync(string path, string text) => WholeFile.WriteAsync(path, (file, token) => file.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask(), CancellationToken.None);
}
