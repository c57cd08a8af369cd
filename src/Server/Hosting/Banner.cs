using Telemetry.Server.Storage;

namespace Telemetry.Server.Hosting;

/// <summary>What a person sees when the server has started.</summary>
internal sealed class Banner(TextWriter output)
{
    public void Started(Listeners listeners, ITelemetryStore store)
    {
        output.WriteLine($"Telemetry {ServerHost.SoftwareVersion}");
        Line("HTTP", listeners.Http, "browsers, gRPC-Web, HTTP/JSON, health");
        Line("gRPC", listeners.Grpc, "native gRPC (h2c), reflection");
        Line("TLS", listeners.Tls, $"everything; certificate good until {listeners.Certificate?.GoodUntil:yyyy-MM-dd}");
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

        if (listeners.Moved)
        {
            Note("A default port is in use, by another server perhaps, so this one listens on a free one; see above.");
        }

        if (listeners.OutsideWithoutTls)
        {
            Note("An outside address is open without TLS: reports and tokens can be read on the way. "
                + "Put a TLS proxy in front, or set Tls:Certificate.");
        }

        output.Flush();
    }

    public void Note(string sentence) => output.WriteLine($"Note   {sentence}");

    /// <param name="token">What is shown this once.</param>
    /// <param name="browser">Where browsers find the dashboard; nothing when they cannot reach it.</param>
    public void Token(string token, Uri? browser)
    {
        if (browser is not null)
        {
            // What follows the # stays in the browser: it is in no request, and so in no log.
            output.WriteLine($"Open   {browser}#token={token}");
        }

        output.WriteLine($"Owner token: {token}");
        output.WriteLine("The token is shown this once; only its hash is kept.");
        output.Flush();
    }

    public void Ready()
    {
        output.WriteLine("Ready; Ctrl+C stops.");
        output.Flush();
    }

    private void Line(string name, Uri? address, string serves)
    {
        if (address is not null)
        {
            output.WriteLine($"{name,-6} {address.GetLeftPart(UriPartial.Authority)}   {serves}");
        }
    }
}
