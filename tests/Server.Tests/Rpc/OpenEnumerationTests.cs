using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
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
        var app = (Wire.App)value;
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
        await AssertRefusedAsync("app", async () => await admin.ListInstancesAsync(new() { App = app }, server.Authorized));
        await AssertRefusedAsync("verdict", async () => await admin.ListInstancesAsync(new() { Verdict = (Wire.ClaimVerdict)value }, server.Authorized));
        await AssertRefusedAsync("app", async () => await admin.GetInstanceAsync(
            new() { App = app, InstanceHash = SampleReports.HashOf("x") }, server.Authorized));
        await AssertRefusedAsync("apps", async () => await server.IssueAsync(order => order.Apps.Add(app)));
        await AssertRefusedAsync("overage_policy", async () => await server.IssueAsync(order => order.OveragePolicy = (Wire.OveragePolicy)value));
        await AssertRefusedAsync("app", async () => await server.LicenseAdmin.ListLicensesAsync(new() { App = app }, server.Authorized));
        await AssertRefusedAsync("state", async () => await server.LicenseAdmin.ListLicensesAsync(new() { State = (Wire.LicenseState)value }, server.Authorized));
        Assert.Equal(0, server.Store.Current.Number);
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public void A_word_of_the_environment_that_nobody_knows_is_other(int value)
    {
        var report = new Wire.Report
        {
            Environment = new()
            {
                Database = (Wire.Database)value,
                OsFamily = (Wire.OsFamily)value,
                WebServer = (Wire.WebServer)value,
            },
        };
        var read = new SubmittedReport();

        ReportReader.Read(report.ToByteArray(), read);

        Assert.Equal((Database.Other, OsFamily.Other, WebServer.Other), (read.Database, read.OsFamily, read.WebServer));
    }

    [Theory]
    [InlineData("188180808010")]
    [InlineData("288180808010")]
    [InlineData("3A06088180808010")]
    [InlineData("8281808080808080801001")]
    [InlineData("0A8080808010")]
    public void A_number_wider_than_its_field_is_no_message(string hex) => Assert.Throws<InvalidDataException>(
        () => ReportReader.Read(Convert.FromHexString(hex), new SubmittedReport()));

    [Fact]
    public void Values_of_the_contract_are_known_and_zero_is_none()
    {
        Assert.Equal(App.RoomVox, WireEnums.Known<App>(1));
        Assert.Null(WireEnums.Known<App>(0));
    }

    private static async Task AssertRefusedAsync(string field, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations, violation => violation.Field == field);
    }
}
