using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Ingestion;

/// <summary>What the gRPC edge refuses, with the field that is to blame.</summary>
public sealed class InvalidReportTests(InvalidReportTests.Server fixture) : IClassFixture<InvalidReportTests.Server>
{
    private static readonly Dictionary<string, (string Field, Action<Wire.Report> Break)> Cases = new()
    {
        ["no id"] = ("report_id", r => r.ReportId = ""),
        ["id that is no UUID"] = ("report_id", r => r.ReportId = "report-1"),
        ["id in braces"] = ("report_id", r => r.ReportId = "{" + r.ReportId + "}"),
        ["nil id"] = ("report_id", r => r.ReportId = Guid.Empty.ToString()),
        ["no hash"] = ("instance_hash", r => r.InstanceHash = ""),
        ["upper-case hash"] = ("instance_hash", r => r.InstanceHash = r.InstanceHash.ToUpperInvariant()),
        ["short hash"] = ("instance_hash", r => r.InstanceHash = r.InstanceHash[1..]),
        ["clear URL"] = ("instance_hash", r => r.InstanceHash = "https://cloud.example.org"),
        ["hash of nothing"] = ("instance_hash", r => r.InstanceHash = SampleReports.HashOf("")),
        ["no app"] = ("app", r => r.App = ""),
        ["unknown app"] = ("app", r => r.App = "no-such-app"),
        ["no usage"] = ("usage", r => r.Usage = null),
        ["no app version"] = ("app_version", r => r.AppVersion = ""),
        ["app version in words"] = ("app_version", r => r.AppVersion = "unknown"),
        ["app version with control character"] = ("app_version", r => r.AppVersion = "1.4.0\n"),
        ["app version with digits without end"] = ("app_version", r => r.AppVersion = "1234567"),
        ["schema version too large"] = ("schema_version", r => r.SchemaVersion = 1001),
        ["Nextcloud version in words"] = ("environment.nextcloud_version", r => r.Environment.NextcloudVersion = "latest"),
        ["PHP version too long"] = ("environment.php_version", r => r.Environment.PhpVersion = "8.2." + new string('1', 61)),
        [".NET version with umlaut"] = ("environment.dotnet_version", r => r.Environment.DotnetVersion = "10ü"),
        ["too many users"] = ("users.total", r => r.Users.Total = 100_000_001),
        ["too many active users"] = ("users.active_30d", r => r.Users.Active30D = uint.MaxValue),
        ["too many disabled users"] = ("users.disabled", r => r.Users.Disabled = uint.MaxValue),
        ["too many enabled users"] = ("users.enabled", r => r.Users.Enabled = uint.MaxValue),
        ["key too long"] = ("subscription.key", r => r.Subscription.Key = new string('K', 257)),
        ["too many rooms"] = ("usage.rooms", r => r.ChangeUsage(u => u.Rooms = uint.MaxValue)),
        ["too many room groups"] = ("usage.room_groups", r => r.ChangeUsage(u => u.RoomGroups = uint.MaxValue)),
        ["count out of range in a map"] = ("usage.room_types", r => r.ChangeUsage(u => u.RoomTypes["studio"] = uint.MaxValue)),
        ["too many facilities"] = ("usage.facilities", AddFacilities),
        ["negative capacity"] = ("usage.average_capacity", r => r.ChangeUsage(u => u.AverageCapacity = -1)),
        ["capacity that is no number"] = ("usage.average_capacity", r => r.ChangeUsage(u => u.AverageCapacity = double.NaN)),
        ["infinite capacity"] = ("usage.average_capacity", r => r.ChangeUsage(u => u.AverageCapacity = double.PositiveInfinity)),
        ["too many auto-accept rooms"] = ("usage.auto_accept_rooms", r => r.ChangeUsage(u => u.AutoAcceptRooms = uint.MaxValue)),
        ["too many mail servers"] = ("usage.rooms_with_smtp", r => r.ChangeUsage(u => u.RoomsWithSmtp = uint.MaxValue)),
        ["too many rules"] = (
            "usage.rooms_with_availability_rules", r => r.ChangeUsage(u => u.RoomsWithAvailabilityRules = uint.MaxValue)),
        ["too many Exchange rooms"] = ("usage.rooms_with_exchange", r => r.ChangeUsage(u => u.RoomsWithExchange = uint.MaxValue)),
    };

    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task A_report_that_breaks_a_rule_is_refused_with_the_field(string name)
    {
        var report = SampleReports.Of();
        Cases[name].Break(report);

        var refusal = await RefusalAsync(report);

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        var violation = Assert.Single(refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations);
        Assert.Equal(Cases[name].Field, violation.Field);
        Assert.Equal("REPORT_INVALID", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal($"The report breaks 1 rule: {violation.Field} {violation.Description}.", refusal.Status.Detail);
    }

    [Fact]
    public async Task All_broken_rules_are_reported_at_once_and_no_value_is_repeated()
    {
        var report = new Wire.Report
        {
            ReportId = "SECRET-a",
            InstanceHash = "SECRET-b",
            App = "roomvox",
            AppVersion = "SECRET-c",
            Environment = new Wire.Environment { NextcloudVersion = "SECRET-d", PhpVersion = "SECRET-e", DotnetVersion = "SECRET f" },
            Usage = Any.Pack(new Contracts.Apps.RoomVox.V1.Usage { Rooms = uint.MaxValue }),
        };

        var refusal = await RefusalAsync(report);

        var details = refusal.GetRpcStatus()!;
        Assert.Equal(7, details.GetDetail<BadRequest>()!.FieldViolations.Count);
        Assert.DoesNotContain("SECRET", details.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_report_is_refused()
    {
        var client = new Wire.ReportingService.ReportingServiceClient(fixture.Running.Native);

        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await client.SubmitReportAsync(new Wire.SubmitReportRequest()));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
    }

    [Fact]
    public async Task In_a_batch_a_bad_report_does_not_hold_up_its_neighbors()
    {
        var client = new Wire.ReportingService.ReportingServiceClient(fixture.Running.Native);
        var bad = SampleReports.Of("https://batch-2.example");
        bad.Environment.PhpVersion = "??";

        var response = await client.SubmitReportsAsync(new Wire.SubmitReportsRequest
        {
            Reports = { SampleReports.Of("https://batch-1.example"), bad, SampleReports.Of("https://batch-3.example") },
        });

        Assert.NotNull(response.Results[0].Receipt);
        Assert.Equal("environment.php_version", response.Results[1].Status.GetDetail<BadRequest>()!.FieldViolations.Single().Field);
        Assert.Equal((int)StatusCode.InvalidArgument, response.Results[1].Status.Code);
        Assert.NotNull(response.Results[2].Receipt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_batch_of_the_wrong_size_is_refused(int size)
    {
        var client = new Wire.ReportingService.ReportingServiceClient(fixture.Running.Native);
        var request = new Wire.SubmitReportsRequest();
        request.Reports.AddRange(Enumerable.Repeat(new Wire.Report(), size));

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await client.SubmitReportsAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
    }

    private static void AddFacilities(Wire.Report report)
    {
        report.ChangeUsage(usage =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                usage.Facilities[$"facility-{i}"] = 1;
            }
        });
    }

    private async Task<RpcException> RefusalAsync(Wire.Report report)
    {
        var client = new Wire.ReportingService.ReportingServiceClient(fixture.Running.Native);
        return await Assert.ThrowsAsync<RpcException>(
            async () => await client.SubmitReportAsync(new Wire.SubmitReportRequest { Report = report }));
    }

    public sealed class Server : IAsyncLifetime
    {
        internal TestServer Running { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Running = await TestServer.StartAsync();

        public async ValueTask DisposeAsync() => await Running.DisposeAsync();
    }
}
