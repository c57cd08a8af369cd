using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Telemetry.Server.Hosting;
using Telemetry.Server.Storage;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Hosting;

public sealed class ListenersTests
{
    [Fact]
    public async Task With_a_certificate_one_port_serves_browsers_and_native_gRPC()
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-tls-");
        try
        {
            var pem = Path.Combine(directory.FullName, "server.pem");
            WriteCertificate(pem);
            await using var app = Build(
                "--data", Path.Combine(directory.FullName, "data"), "--Tls:Address=127.0.0.1:0", "--Tls:Certificate=" + pem);
            await app.StartAsync();
            var listeners = app.Services.GetRequiredService<Listeners>();
            using var http = new HttpClient(TrustOnly(listeners)) { BaseAddress = listeners.Tls };
            using var channel = GrpcChannel.ForAddress(
                listeners.Tls!, new GrpcChannelOptions { HttpHandler = TrustOnly(listeners), DisposeHttpClient = true });

            using var health = await http.GetAsync("/healthz");
            var receipt = await new Wire.ReportingService.ReportingServiceClient(channel)
                .SubmitReportAsync(SampleReports.Request());

            Assert.Null(listeners.Http);
            Assert.Null(listeners.Grpc);
            Assert.Equal(HttpVersion.Version11, health.Version);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
            Assert.Equal(1ul, receipt.Receipt.Number);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_banner_tells_the_real_ports_the_data_and_the_token_on_a_line_of_its_own()
    {
        var directory = Directory.CreateTempSubdirectory("telemetry-banner-");
        try
        {
            await using var app = Build(
                "--data", directory.FullName, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0");
            await app.StartAsync();
            var listeners = app.Services.GetRequiredService<Listeners>();
            using var output = new StringWriter();

            var banner = new Banner(output);
            banner.Started(listeners, app.Services.GetRequiredService<ITelemetryStore>());
            banner.Token("tlm_x", listeners.Http);

            var lines = output.ToString().Split(Environment.NewLine);
            Assert.Contains(lines, line => line.StartsWith($"HTTP   http://127.0.0.1:{listeners.Http!.Port} ", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.StartsWith($"gRPC   http://127.0.0.1:{listeners.Grpc!.Port} ", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.StartsWith($"Data   {directory.FullName} ", StringComparison.Ordinal));
            Assert.Contains($"Open   {listeners.Http}#token=tlm_x", lines);
            Assert.Contains("Owner token: tlm_x", lines);
            Assert.NotEqual(0, listeners.Http!.Port);
            Assert.False(listeners.OutsideWithoutTls);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static WebApplication Build(params string[] args) =>
        ServerHost.Build(CommandLine.Parse(args), builder => builder.Logging.ClearProviders());

    /// <summary>One for each client: a gRPC channel takes its handler for itself.</summary>
    private static SocketsHttpHandler TrustOnly(Listeners listeners)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, shown, _, _) => listeners.Certificate!.Current.Equals(shown);
        return handler;
    }

    private static void WriteCertificate(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2046, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }
}
