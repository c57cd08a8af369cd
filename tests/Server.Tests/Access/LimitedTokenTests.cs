using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Access;

/// <summary>A token for one app sees and counts this app alone, whatever it asks.</summary>
public sealed class LimitedTokenTests
{
    private const string Mine = "roomvox";
    private const string Other = "formvox";

    [Fact]
    public async Task Lists_questions_and_overviews_count_its_app_alone()
    {
        await using var server = await StartAsync();
        var token = Tokens.Bearer((await server.MakeAsync(Wire.Scope.Read, apps: [Mine])).Secret);
        var insights = new Wire.InsightsService.InsightsServiceClient(server.Native);

        var list = await server.Admin.ListInstancesAsync(new(), token);
        var answer = await insights.QueryAsync(new() { Population = new() { Activity = Wire.Activity.Known } }, token);
        var overview = await insights.GetOverviewAsync(new(), token);
        var quality = await insights.GetDataQualityAsync(new(), token);
        var fields = await insights.ListQueryFieldsAsync(new(), token);
        var info = await server.Admin.GetServerInfoAsync(new(), token);
        var apps = await server.Apps.ListAppsAsync(new(), token);

        Assert.Equal([Mine, Mine], list.Instances.Select(instance => instance.App));
        Assert.Equal(2ul, list.TotalSize);
        Assert.Equal(2, answer.Total.Figures[0].Values[0]);
        Assert.Equal([Mine], overview.Apps.Select(app => app.App));
        Assert.Empty(quality.Refused);
        Assert.All(fields.Fields, field => Assert.Equal([Mine], field.Apps));
        Assert.Equal(2ul, info.Instances);
        Assert.Equal([Mine], apps.Apps.Select(app => app.Slug));
        Assert.Equal(1ul, apps.TotalSize);
    }

    [Fact]
    public async Task The_feed_and_files_hold_its_app_alone()
    {
        await using var server = await StartAsync();
        var live = Tokens.Bearer((await server.MakeAsync(Wire.Scope.Live, apps: [Mine])).Secret);
        var read = Tokens.Bearer((await server.MakeAsync(Wire.Scope.Read, apps: [Mine])).Secret);
        using var feed = new Wire.FeedService.FeedServiceClient(server.Native).StreamEvents(new() { Beginning = new Empty() }, live);
        var apps = new List<string>();
        while (await Patience.For(feed.ResponseStream.MoveNext(CancellationToken.None), "the feed catches up") && feed.ResponseStream.Current.CaughtUp is null)
        {
            apps.AddRange(feed.ResponseStream.Current.Event is { } stored ? [stored.Report.Report.App] : []);
        }

        Assert.Equal([Mine, Mine], apps);
        foreach (var request in new Wire.ExportRequest[]
        {
            new() { Reports = new() }, new() { Instances = new() },
            new() { Query = new() { Population = new() { Activity = Wire.Activity.Known }, GroupBy = { new Wire.Dimension { Field = "app" } } } },
        })
        {
            using var call = new Wire.InsightsService.InsightsServiceClient(server.Native).Export(request, read);
            var file = "";
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                file += call.ResponseStream.Current.Data.ToStringUtf8();
            }

            Assert.Contains(Mine, file, StringComparison.Ordinal);
            Assert.DoesNotContain(Other, file, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_found_by_its_number_or_installation_is_its_apps_or_nothing()
    {
        await using var server = await StartAsync();
        var token = Tokens.Bearer((await server.MakeAsync(Wire.Scope.Read, apps: [Mine])).Secret);
        var all = (await server.Admin.ListInstancesAsync(new(), server.Authorized)).Instances;
        var other = all.Single(instance => instance.App == Other && all.All(same => same.App == Other || same.InstanceId != instance.InstanceId));
        var shared = all.Single(instance => instance.App == Other && instance.InstanceId != other.InstanceId);
        var insights = new Wire.InsightsService.InsightsServiceClient(server.Native);

        var report = await Tokens.RefusedAsync(server.Admin.GetReportAsync(new() { Number = other.LatestReportNumber }, token));
        var instance = await Tokens.RefusedAsync(server.Admin.GetInstanceAsync(new() { InstanceId = other.InstanceId }, token));
        var timeline = await Tokens.RefusedAsync(insights.GetTimelineAsync(new() { InstanceId = other.InstanceId }, token));
        // It has two apps; with this token one.
        var found = await server.Admin.GetInstanceAsync(new() { InstanceId = shared.InstanceId }, token);

        Assert.Equal([StatusCode.NotFound, StatusCode.NotFound, StatusCode.NotFound], [report.StatusCode, instance.StatusCode, timeline.StatusCode]);
        Assert.Equal(Mine, found.Instance.App);
        Assert.All(found.History, stored => Assert.Equal(Mine, stored.Report.App));
    }

    [Fact]
    public async Task With_two_apps_an_installation_of_a_third_has_but_these()
    {
        await using var server = await StartAsync();
        var token = Tokens.Bearer((await server.MakeAsync(Wire.Scope.Read, apps: [Mine, "metavox"])).Secret);
        var shared = (await server.Admin.ListInstancesAsync(new(), server.Authorized)).Instances.GroupBy(instance => instance.InstanceId).Single(group => group.Count() == 2).Key;

        var found = await server.Admin.GetInstanceAsync(new() { InstanceId = shared }, token);
        var timeline = await new Wire.InsightsService.InsightsServiceClient(server.Native).GetTimelineAsync(new() { InstanceId = shared }, token);

        Assert.Equal((Mine, Mine), (found.Instance.App, timeline.App));
    }

    [Fact]
    public async Task Licenses_of_other_apps_are_neither_seen_nor_changed_nor_issued()
    {
        await using var server = await TestServer.StartAsync();
        var token = Tokens.Bearer((await server.MakeAsync(Wire.Scope.Licenses, apps: [Mine])).Secret);
        var (own, both, foreign) = (await IssueAsync(server, Mine), await IssueAsync(server, Mine, Other), await IssueAsync(server, Other));

        var listed = await server.LicenseAdmin.ListLicensesAsync(new(), token);
        await server.LicenseAdmin.SuspendLicenseAsync(new() { LicenseId = own }, token);
        var seen = await server.LicenseAdmin.GetLicenseAsync(new() { LicenseId = both }, token);
        var partly = await Tokens.RefusedAsync(server.LicenseAdmin.RevokeLicenseAsync(new() { LicenseId = both }, token));
        var hidden = await Tokens.RefusedAsync(server.LicenseAdmin.RevokeLicenseAsync(new() { LicenseId = foreign }, token));
        var usage = await Tokens.RefusedAsync(server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = foreign }, token));
        var seat = await Tokens.RefusedAsync(server.LicenseAdmin.ReleaseLicenseInstanceAsync(new() { LicenseId = both, InstanceId = new string('a', 32) }, token));
        var issued = await Tokens.RefusedAsync(server.LicenseAdmin.IssueLicenseAsync(new() { CustomerReference = "C-1", Apps = { Mine, Other } }, token));
        var unnamed = await Tokens.RefusedAsync(server.LicenseAdmin.IssueLicenseAsync(new() { CustomerReference = "C-1" }, token));
        var widened = await Tokens.RefusedAsync(server.LicenseAdmin.ChangeLicenseAsync(
            new() { LicenseId = own, Apps = { Other }, UpdateMask = new FieldMask { Paths = { "apps" } } }, token));

        Assert.Equal([own, both], listed.Licenses.Select(license => license.LicenseId));
        Assert.Equal(both, seen.License.LicenseId);
        Assert.Equal([StatusCode.PermissionDenied, StatusCode.NotFound, StatusCode.NotFound], [partly.StatusCode, hidden.StatusCode, usage.StatusCode]);
        Assert.Equal([StatusCode.PermissionDenied, StatusCode.PermissionDenied], [issued.StatusCode, widened.StatusCode]);
        Assert.Equal((StatusCode.PermissionDenied, StatusCode.InvalidArgument), (seat.StatusCode, unnamed.StatusCode));
        Assert.Equal(Wire.LicenseState.Active, (await server.LicenseAdmin.GetLicenseAsync(new() { LicenseId = both }, server.Authorized)).License.State);
    }

    private static async Task<string> IssueAsync(TestServer server, params string[] apps) =>
        (await server.LicenseAdmin.IssueLicenseAsync(new() { CustomerReference = "C-1", Apps = { apps } }, server.Authorized)).License.LicenseId;

    /// <summary>Three installations: one of both apps, one of each.</summary>
    private static async Task<TestServer> StartAsync()
    {
        var server = await TestServer.StartAsync();
        var reporting = new Wire.ReportingService.ReportingServiceClient(server.Native);
        await reporting.SubmitReportAsync(SampleReports.Request("https://one.example.org"));
        await reporting.SubmitReportAsync(SampleReports.Request("https://two.example.org"));
        await reporting.SubmitReportAsync(OfOther("https://two.example.org"));
        await reporting.SubmitReportAsync(OfOther("https://three.example.org"));
        return server;
    }

    private static Wire.SubmitReportRequest OfOther(string url)
    {
        var request = SampleReports.Request(url);
        request.Report.App = Other;
        request.Report.Usage = Any.Pack(new Telemetry.Contracts.Apps.FormVox.V1.Usage(), "type.googleapis.com");
        return request;
    }
}
