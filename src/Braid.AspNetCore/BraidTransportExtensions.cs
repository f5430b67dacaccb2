using Braid.AspNetCore.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Braid.AspNetCore;

/// <summary>Puts Kestrel on Braid's event loops.</summary>
public static class BraidTransportExtensions
{
    /// <summary>
    /// Kestrel's TCP and Unix connections run on event loops from now on, and all of a request's code, from the first middleware, on its
    /// connection's loop: code that only one loop touches needs no lock, and <see cref="EventLoop.Current"/> is there.
    /// </summary>
    /// <param name="services">The application's.</param>
    /// <param name="options">How many loops, and more; null: the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>A request that computes or blocks holds up all others on its loop; give such work to <see cref="EventLoop.OffloadAsync"/> or another executor.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static IServiceCollection AddBraidTransport(this IServiceCollection services, LoopTransportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new();
        options.Validate();
        services.Replace(ServiceDescriptor.Singleton(options));

        // First of all filters, so that the application's own middleware runs inside. Kestrel asks the factory that was added last first.
        if (services.All(service => service.ImplementationType != typeof(LoopStartupFilter)))
            services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, LoopStartupFilter>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, LoopTransport>());
        return services;
    }

    /// <inheritdoc cref="AddBraidTransport"/>
    /// <param name="builder">A host's, such as <c>WebApplicationBuilder.WebHost</c>.</param>
    /// <param name="options">How many loops, and more; null: the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IWebHostBuilder UseBraidTransport(this IWebHostBuilder builder, LoopTransportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(services => services.AddBraidTransport(options));
    }
}
