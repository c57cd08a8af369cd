using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Rpc;

/// <summary>A number is never cut to one that means something: 257 is not 1.</summary>
public sealed class OpenEnumerationTests
{
    public static TheoryData<int> Foreign => [-255, -1, 77, 256, 257, 258, 65_537, int.MaxValue, int.MinValue];

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Every_call_that_names_a_value_nobody_knows_is_refused_with_its_field(int value)
    {
        await using var server = await TestServer.StartAsync();
        var (_, key) = await server.IssueAsync();
        var reporting = new Wire.ReportingService.ReportingServiceClient(server.Native);
        var admin = new Wire.AdminService.AdminServiceClient(server.Native);
        var app = value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var report = SampleReports.Request();
        report.Report.App = app;

        await AssertRefusedAsync("app", async () => await reporting.SubmitReportAsync(report));
        await AssertRefusedAsync("app", async () => await server.CheckAsync(key, change: question => question.App = app));
        await AssertRefusedAsync("app", async () => await server.Licenses.ReportLicenseUsageAsync(new()
        {
            LicenseKey = key,
            InstanceHash = SampleReports.HashOf("x"),
            App = app,
        }));
        await AssertRefusedAsync("filter.apps", async () => await admin.ListInstancesAsync(new() { Filter = new() { Apps = { app } } }, server.Authorized));
        await AssertRefusedAsync("filter.verdicts", async () => await admin.ListInstancesAsync(new() { Filter = new() { Verdicts = { (Wire.ClaimVerdict)value } } }, server.Authorized));
        await AssertRefusedAsync("app", async () => await admin.GetInstanceAsync(
            new() { App = app, InstanceHash = SampleReports.HashOf("x") }, server.Authorized));
        await AssertRefusedAsync("apps", async () => await server.IssueAsync(order => order.Apps.Add(app)));
        await AssertRefusedAsync("overage_policy", async () => await server.IssueAsync(order => order.OveragePolicy = (Wire.OveragePolicy)value));
        await AssertRefusedAsync("filter.apps", async () => await server.LicenseAdmin.ListLicensesAsync(new() { Filter = new() { Apps = { app } } }, server.Authorized));
        await AssertRefusedAsync("filter.states", async () => await server.LicenseAdmin.ListLicensesAsync(new() { Filter = new() { States = { (Wire.LicenseState)value } } }, server.Authorized));
        Assert.Equal(0, server.Store.Current.Number);
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public void A_word_of_the_environment_that_nobody_knows_is_other(int value)
    {
        var report = SampleReports.Of();
        report.Environment.Database = (Wire.Database)value;
        report.Environment.OsFamily = (Wire.OsFamily)value;
        report.Environment.WebServer = (Wire.WebServer)value;

        var read = SubmittedReport.FromWire(report.ToByteArray(), new AppRegistry());

        var kept = read.Body.ToMessage(read.Schema).Environment;
        Assert.Equal((Wire.Database.Other, Wire.OsFamily.Other, Wire.WebServer.Other), (kept.Database, kept.OsFamily, kept.WebServer));
        Assert.Equal(["environment.database", "environment.os_family", "environment.web_server"], read.Dropped);
    }

    [Theory]
    [InlineData("0A8080808010")]
    [InlineData("32022881")]
    public void A_length_or_number_that_does_not_end_is_no_message(string hex) => Assert.Throws<InvalidDataException>(
        () => SubmittedReport.FromWire(Convert.FromHexString(hex), new AppRegistry()));

    [Fact]
    public void A_number_wider_than_its_field_is_refused_and_not_cut()
    {
        // schema_version = 2^32 + 1
        byte[] body = [.. SampleReports.Of().ToByteArray(), 0x28, 0x81, 0x80, 0x80, 0x80, 0x10];

        Assert.Equal("schema_version", Assert.Single(SubmittedReport.FromWire(body, new AppRegistry()).Violations).Field);
    }

    [Fact]
    public void Values_of_the_contract_are_known_and_zero_is_none()
    {
        Assert.Equal(ClaimVerdict.Community, WireEnums.Known<ClaimVerdict>(1));
        Assert.Null(WireEnums.Known<ClaimVerdict>(0));
    }

    private static async Task AssertRefusedAsync(string field, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations, violation => violation.Field == field);
    }
}
