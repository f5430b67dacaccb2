namespace Braid.Cli.WorkLoader;

/// <summary>From what the user wrote to a work that can be run: build if need be, load, find the method, wrap it.</summary>
internal static class UserWork
{
    internal static async Task<LoadedWork> LoadAsync(WorkReference reference, CancellationToken cancellationToken)
    {
        var path = reference.Source switch
        {
            WorkSource.FileProgram => await SdkBuild.BuildFileAsync(reference.File, cancellationToken),
            WorkSource.Project => await SdkBuild.BuildProjectAsync(reference.File, cancellationToken),
            _ => reference.File,
        };
        return LoadedWork.Of(MethodFinder.Find(WorkAssembly.Load(path), reference.Method, WorkReference.FileIn(reference.Text)));
    }
}
