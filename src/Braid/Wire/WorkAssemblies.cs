using System.Reflection;
using System.Runtime.Loader;

namespace Braid.Wire;

/// <summary>The assemblies that a worker's functions come from: the program's own, or files that the parent had loaded.</summary>
internal static class WorkAssemblies
{
    // Guards Loaded.
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Assembly> Loaded = [];

    /// <summary>The assembly of this name and version: one that is loaded, one of the program's, or the file at the path.</summary>
    internal static Assembly Find(string fullName, string path, Guid moduleVersion)
    {
        if (Assembly.GetEntryAssembly() is { } program && program.ManifestModule.ModuleVersionId == moduleVersion) return program;
        var name = new AssemblyName(fullName);
        if (TryLoadDefault(name) is { } own && (own.ManifestModule.ModuleVersionId == moduleVersion || path.Length == 0)) return own;
        lock (Gate)
        {
            if (Loaded.TryGetValue(path, out var known)) return known;
            return Loaded[path] = new WorkLoadContext(path).LoadFromAssemblyPath(path);
        }
    }

    /// <exception cref="TypeLoadException">There is no such type.</exception>
    internal static Type FindType(string assemblyQualifiedName) => Type.GetType(assemblyQualifiedName, ResolveAssembly, null, throwOnError: true)!;

    private static Assembly? ResolveAssembly(AssemblyName name)
    {
        // The work's own file first: its types are the ones that its methods speak of.
        lock (Gate)
        {
            foreach (var file in Loaded.Values)
            {
                if (AssemblyName.ReferenceMatchesDefinition(name, file.GetName())) return file;
            }
        }

        if (TryLoadDefault(name) is { } own) return own;
        lock (Gate)
        {
            foreach (var file in Loaded.Values)
            {
                if (TryLoad(AssemblyLoadContext.GetLoadContext(file)!, name) is { } referenced) return referenced;
            }
        }

        return null;
    }

    /// <summary>The program's own assembly of this name; null: it has none.</summary>
    internal static Assembly? TryLoadDefault(AssemblyName name) => TryLoad(AssemblyLoadContext.Default, name);

    private static Assembly? TryLoad(AssemblyLoadContext context, AssemblyName name)
    {
        try
        {
            return context.LoadFromAssemblyName(name);
        }
        catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }

    /// <summary>A file with its dependencies beside it. What the program itself has is taken from there, so that types are one; Braid always is.</summary>
    private sealed class WorkLoadContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name == typeof(WorkAssemblies).Assembly.GetName().Name) return typeof(WorkAssemblies).Assembly;
            if (TryLoadDefault(assemblyName) is { } own) return own;
            return (_resolver.ResolveAssemblyToPath(assemblyName) ?? SharedFrameworks.Find(assemblyName)) is { } file ? LoadFromAssemblyPath(file) : null;
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
    }
}
