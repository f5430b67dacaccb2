using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Braid.AspNetCore.Transport;

/// <summary>Puts <see cref="LoopMiddleware"/> before the application's own middleware.</summary>
internal sealed class LoopStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => builder =>
    {
        builder.Use(static following => new LoopMiddleware(following).InvokeAsync);
        next(builder);
    };
}

/// <summary>Where Kestrel's code ends and the user's begins: from here on the loop's SynchronizationContext is installed.</summary>
/// <remarks>
/// Kestrel itself runs without a context, so that its tasks continue on the spot. A request that answers without waiting crosses this
/// border at the price of setting a field twice. One that waits ends in a turn of its own, because a task that is completed under the
/// context would continue Kestrel's code on the thread pool. HTTP/2 starts each request on the pool; here it comes to the loop.
/// </remarks>
internal sealed class LoopMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<LoopFeature>() is not { Loop: var loop }) return next(context);
        return loop.IsCurrentThread && SynchronizationContext.Current is null ? Run(loop, context) : RunOnLoopAsync(loop, context);
    }

    private async Task RunOnLoopAsync(EventLoop loop, HttpContext context)
    {
        await new LoopSwitch(loop);
        await Run(loop, context).ConfigureAwait(false);
    }

    private Task Run(EventLoop loop, HttpContext context)
    {
        SynchronizationContext.SetSynchronizationContext(loop.Context);
        try
        {
            var task = next(context);
            return task.IsCompleted ? task : FollowAsync(loop, task);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private static async Task FollowAsync(EventLoop loop, Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        await new LoopSwitch(loop);
        await task.ConfigureAwait(false); // completed: throws what it has to throw
    }
}

/// <summary>Among a connection's features: its loop.</summary>
internal sealed record LoopFeature(EventLoop Loop);
