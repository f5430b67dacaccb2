using System.Reflection;
using System.Runtime.Loader;
using Braid.Wire;

namespace Braid.Cli.WorkLoader;

/// <summary>A user's assembly with the packages that lie beside it. Braid itself is shared, so that its types are the tool's own.</summary>
internal sealed class WorkAssembly : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver;

    private WorkAssembly(string path)
        : base(Path.GetFileNameWithoutExtension(path)) => _resolver = new AssemblyDependencyResolver(path);

    internal static Assembly Load(string path)
    {
        // What this program already consists of is not loaded a second time, or its types would exist twice.
        if (AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => !assembly.IsDynamic && assembly.Location == path) is { } loaded) return loaded;
        try
        {
            return new WorkAssembly(path).LoadFromAssemblyPath(path);
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException or InvalidOperationException)
        {
            throw new InputException($"{path} is not a .NET assembly that can be loaded here: {exception.Message} Give a library for .NET 10 or earlier.", exception);
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == typeof(Executor).Assembly.GetName().Name) return null;
        if (_resolver.ResolveAssemblyToPath(assemblyName) is { } path) return LoadFromAssemblyPath(path);
        if (WorkAssemblies.TryLoadDefault(assemblyName) is { } own) return own;
        return SharedFrameworks.Find(assemblyName) is { } shared ? LoadFromAssemblyPath(shared) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
