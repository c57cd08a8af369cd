using Telemetry.Server.Hosting;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Insights.Projection;

// The server as it is, but nobody follows the log: what the insights cost ingestion is the difference.
return await ServerProgram.RunAsync(args, builder =>
{
    foreach (var service in builder.Services.Where(service => service.ImplementationFactory?.GetType().GenericTypeArguments[1] is { } type
        && (type == typeof(LogFollower) || type == typeof(ProjectionKeeper)) && service.ServiceType == typeof(IHostedService)).ToList())
    {
        builder.Services.Remove(service);
    }
}).ConfigureAwait(false);
