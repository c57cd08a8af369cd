using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Rpc;

/// <summary>Every refusal carries a reason, the library's own as well; and what is our failure is never called the caller's.</summary>
public sealed class RefusalDetailsTests
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);

    [Theory]
    [InlineData("telemetry.v1.ReportingService", "SubmitReport", 5_000_000, StatusCode.ResourceExhausted, "MESSAGE_TOO_LARGE")]
    [InlineData("telemetry.v1.ReportingService", "SubmitReports", 40_000_000, StatusCode.ResourceExhausted, "MESSAGE_TOO_LARGE")]
    [InlineData("telemetry.v1.LicenseService", "CheckLicense", 4_194_305, StatusCode.ResourceExhausted, "MESSAGE_TOO_LARGE")]
    [InlineData("telemetry.v1.ReportingService", "SubmitReports", 4_194_305, StatusCode.ResourceExhausted, "MESSAGE_TOO_LARGE")]
    [InlineData("telemetry.v1.ReportingService", "SubmitReports", 4_194_304, StatusCode.InvalidArgument, "REQUEST_MALFORMED")]
    [InlineData("telemetry.v1.ReportingService", "SubmitReport", 73_729, StatusCode.ResourceExhausted, "MESSAGE_TOO_LARGE")]
    [InlineData("telemetry.v1.ReportingService", "SubmitReport", 73_728, StatusCode.InvalidArgument, "REQUEST_MALFORMED")]
    [InlineData("telemetry.v1.FeedService", "StreamEvents", 73_729, StatusCode.ResourceExhausted, "MESSAGE_TOO_LARGE")]
    [InlineData("telemetry.v1.ReportingService", "Submit", 0, StatusCode.Unimplemented, "METHOD_UNKNOWN")]
    [InlineData("telemetry.v2.ReportingService", "SubmitReport", 0, StatusCode.Unimplemented, "METHOD_UNKNOWN")]
    public async Task The_librarys_refusals_carry_a_reason(
        string service, string method, int size, StatusCode code, string reason)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var channel in new[] { server.Native, server.Web })
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, service, method, new byte[size], server.Authorized));

            Assert.Equal(code, refusal.StatusCode);
            AssertReason(reason, refusal);
        }
    }

    [Fact]
    public async Task A_compressed_message_is_told_how_to_come()
    {
        await using var server = await TestServer.StartAsync();
        var call = new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(
            SampleReports.Request(), new Metadata { { "grpc-internal-encoding-request", "gzip" } });

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
        AssertReason("COMPRESSION_UNSUPPORTED", refusal);
    }

    [Fact]
    public async Task The_health_of_a_service_that_is_not_there_is_refused_with_a_reason()
    {
        await using var server = await TestServer.StartAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Health.HealthClient(server.Native).CheckAsync(new() { Service = "telemetry.v1.Nothing" }));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
        AssertReason("NOT_FOUND", refusal);
    }

    [Fact]
    public async Task A_bug_in_the_reading_of_a_report_is_an_incident()
    {
        var logs = new CapturedLogs();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        // Without the apps that it reads by.
        var service = new ReportingGrpcService(null!, null!, null!, null!, new CallFailures(factory.CreateLogger<CallFailures>()));
        var request = new ReceivedBytes(new(SampleReports.Request().ToByteArray()));

        var failure = await Assert.ThrowsAsync<RpcException>(() => service.SubmitReport(request, new UnusedContext()));

        AssertIncident(failure, logs);
    }

    [Fact]
    public async Task What_a_caller_of_reflection_sends_wrong_is_not_our_failure()
    {
        await using var server = await TestServer.StartAsync();
        var method = new Method<byte[], byte[]>(
            MethodType.DuplexStreaming, "grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo", Bytes, Bytes);
        using var call = server.Native.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, new CallOptions());
        await call.RequestStream.WriteAsync([0xFF, 0xFF, 0xFF]);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        AssertReason("REQUEST_MALFORMED", refusal);
    }

    private static async Task<byte[]> CallAsync(GrpcChannel channel, string service, string name, byte[] message, Metadata? headers = null)
    {
        var method = new Method<byte[], byte[]>(MethodType.Unary, service, name, Bytes, Bytes);
        return await channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(headers), message);
    }

    private static void AssertReason(string reason, RpcException refusal)
    {
        Assert.Equal(reason, refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.EndsWith(".", refusal.Status.Detail, StringComparison.Ordinal);
    }

    private static void AssertIncident(RpcException failure, CapturedLogs logs)
    {
        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        AssertReason("INTERNAL_ERROR", failure);
        var incident = failure.Status.Detail.Split(' ')[^1].TrimEnd('.');
        var line = Assert.Single(logs.Lines, line => line.Text.Contains(incident, StringComparison.Ordinal));
        Assert.Contains(nameof(NullReferenceException), line.Text, StringComparison.Ordinal);
    }

    /// <summary>A call of which nothing but its name is asked.</summary>
    private sealed class UnusedContext : ServerCallContext
    {
        protected override string MethodCore => "/telemetry.v1.ReportingService/SubmitReport";

        protected override string HostCore => throw new NotSupportedException();

        protected override string PeerCore => throw new NotSupportedException();

        protected override DateTime DeadlineCore => throw new NotSupportedException();

        protected override Metadata RequestHeadersCore => throw new NotSupportedException();

        protected override CancellationToken CancellationTokenCore => CancellationToken.None;

        protected override Metadata ResponseTrailersCore => throw new NotSupportedException();

        protected override Grpc.Core.Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => throw new NotSupportedException();

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => throw new NotSupportedException();
    }
}
