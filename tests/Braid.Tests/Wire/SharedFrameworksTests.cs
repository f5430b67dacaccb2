using System.Reflection;
using Braid.Wire;
using Xunit;

namespace Braid.Tests.Wire;

public sealed class SharedFrameworksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("braid-frameworks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Each_framework_is_taken_in_the_newest_version_that_goes_with_this_runtime()
    {
        int major = Environment.Version.Major;
        string other = Make("Other.App", $"{major}.0.3");
        Make("Web.App", $"{major - 1}.0.20");
        Make("Web.App", $"{major}.0.9");
        string newest = Make("Web.App", $"{major}.0.12");
        Make("Web.App", $"{major + 1}.0.0-preview.1");
        Make("Web.App", "not a version");
        Make("Old.App", $"{major - 1}.0.1");
        Assert.Equal([other, newest], SharedFrameworks.FoldersIn(Path.Combine(_folder, "shared")));
    }

    [Fact]
    public void A_program_that_brings_its_own_runtime_has_none()
    {
        Assert.Empty(SharedFrameworks.FoldersIn(_folder));
        Assert.Empty(SharedFrameworks.FoldersIn(Path.Combine(_folder, "shared")));
        Assert.Null(SharedFrameworks.Find(new AssemblyName("No.Such.Assembly")));
    }

    private string Make(string framework, string version) => Directory.CreateDirectory(Path.Combine(_folder, "shared", framework, version)).FullName;
}
