// The server of the benchmark kestrel-plaintext: says on which port it listens, serves until its standard input ends.
using System.Net;
using Braid.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
switch (args[0])
{
    case "loop":
        builder.Services.AddBraidTransport(new LoopTransportOptions { Loops = 1 });
        break;
    case "inline":
        builder.WebHost.UseSockets(options => options.UnsafePreferInlineScheduling = true);
        break;
}

byte[] body = "Hello, World!"u8.ToArray();
await using var app = builder.Build();
app.Run(context =>
{
    context.Response.ContentType = "text/plain";
    context.Response.ContentLength = body.Length;
    return context.Response.Body.WriteAsync(body).AsTask();
});
await app.StartAsync();
Console.WriteLine(new Uri(app.Urls.Single()).Port);
await Console.In.ReadToEndAsync();
await app.StopAsync();
