using Telemetry.Server.Storage;

namespace Telemetry.Server.Hosting;

/// <summary>What a person sees when the server has started.</summary>
internal static class Banner
{
    public static void Write(TextWriter output, Listeners listeners, ITelemetryStore store, string? newToken)
    {
        output.WriteLine($"Telemetry {ServerHost.SoftwareVersion}");
        Line(output, "HTTP", listeners.Http, "browsers, gRPC-Web, HTTP/JSON, health");
        Line(output, "gRPC", listeners.Grpc, "native gRPC (h2c), reflection");
        Line(output, "TLS", listeners.Tls, "everything");
        output.WriteLine($"Data   {store.Description.Location}   {store.Description.Kind}, "
            + $"{store.Current.Number} events, {store.InstanceCount} installations");
        if ((listeners.Http ?? listeners.Tls) is { } http)
        {
            output.WriteLine($"Probe  curl {http}healthz");
        }

        if (listeners.Grpc is { } grpc)
        {
            output.WriteLine($"       grpcurl -plaintext {grpc.Authority} list");
        }

        if (listeners.OutsideWithoutTls)
        {
            output.WriteLine("Note   An outside address is open without TLS: reports and tokens can be read on the way. "
                + "Put a TLS proxy in front, or set Tls:Certificate.");
        }

        if (newToken is not null)
        {
            output.WriteLine($"Admin token: {newToken}");
            output.WriteLine("The token is shown this once; only its hash is kept.");
        }

        output.WriteLine("Ready; Ctrl+C stops.");
        output.Flush();
    }

    private static void Line(TextWriter output, string name, Uri? address, string serves)
    {
        if (address is not null)
        {
            output.WriteLine($"{name,-6} {address.GetLeftPart(UriPartial.Authority)}   {serves}");
        }
    }
}
