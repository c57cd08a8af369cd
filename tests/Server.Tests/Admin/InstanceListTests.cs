using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Google.Rpc;
using Interval = Google.Type.Interval;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Admin;

/// <summary>Lists of installations: each filter, order and page against a plain computation over the whole list.</summary>
public sealed class InstanceListTests(ListedFleet fleet) : IClassFixture<ListedFleet>, IAsyncLifetime
{
    private readonly TestServer _server = fleet.Server;
    private List<Wire.Instance> _all = null!;

    private Wire.AdminService.AdminServiceClient Admin => new(_server.Native);

    public async ValueTask InitializeAsync()
    {
        _all = await ListAsync(new(), 1_000);
        Assert.Equal(ListedFleet.Installations, _all.Count);
        Assert.Equal(3, _all.Select(instance => instance.ReportCount).Distinct().Count());
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("first_seen")]
    [InlineData("first_seen desc")]
    [InlineData("last_seen")]
    [InlineData(" last_seen  desc ")]
    [InlineData("report_count")]
    [InlineData("report_count desc")]
    public async Task Each_order_holds_over_all_pages(string order)
    {
        Func<Wire.Instance, long> rank = order.Trim().Split(' ')[0] switch
        {
            "first_seen" => instance => instance.FirstSeen.Seconds,
            "last_seen" => instance => instance.LastSeen.Seconds,
            _ => instance => (long)instance.ReportCount,
        };
        // Equal ones stay in the order of first reports.
        var expected = order.Contains("desc", StringComparison.Ordinal) ? _all.OrderByDescending(rank) : _all.OrderBy(rank);

        foreach (var size in new uint[] { 1, 7, 59, 60, 61 })
        {
            var listed = await ListAsync(new() { OrderBy = order }, size);
            Assert.Equal(expected.Select(instance => instance.InstanceId), listed.Select(instance => instance.InstanceId));
        }
    }

    [Fact]
    public async Task Each_filter_selects_what_it_says_and_the_total_counts_just_that()
    {
        await SelectsAsync(new() { Apps = { "roomvox" } }, _ => true);
        await SelectsAsync(new() { Apps = { "introvox", "formvox" } }, _ => false);
        await SelectsAsync(new() { Verdicts = { Wire.ClaimVerdict.Refused, Wire.ClaimVerdict.Unverified } },
            instance => instance.Verdict != Wire.ClaimVerdict.Community);
        await SelectsAsync(Field("environment.country", "DE", "NL"), instance => instance.Environment.Country is "DE" or "NL");
        await SelectsAsync(Field("environment.country", ""), instance => instance.Environment.Country is "");
        await SelectsAsync(Field("environment.country", "FR"), _ => false);
        await SelectsAsync(Not("environment.country", "DE", ""), instance => instance.Environment.Country is "AT" or "NL");
        await SelectsAsync(Field("app_version", "2.0.0"), instance => instance.AppVersion == "2.0.0");
        await SelectsAsync(Field("environment.database", "DATABASE_MYSQL"), instance => instance.Environment.Database == Wire.Database.Mysql);
        await SelectsAsync(Not("environment.database", "mysql"), instance => instance.Environment.Database != Wire.Database.Mysql);
        await SelectsAsync(Field("users.total", "25"), instance => instance.Users is { HasTotal: true, Total: 25 });
        await SelectsAsync(Field("subscription.extended_support", "true"), instance => instance.Subscription.ExtendedSupport);
        await SelectsAsync(Not("subscription.extended_support", "true"), instance => !instance.Subscription.ExtendedSupport);
        await SelectsAsync(
            new()
            {
                Verdicts = { Wire.ClaimVerdict.Community },
                Fields = { Field("app_version", "1.0.0", "1.1.0").Fields, Field("environment.country", "DE").Fields },
            },
            instance => instance.Verdict == Wire.ClaimVerdict.Community && instance.AppVersion != "2.0.0" && instance.Environment.Country == "DE");
    }

    [Fact]
    public async Task A_time_holds_its_start_and_not_its_end()
    {
        var moments = _all.Select(instance => instance.LastSeen).Order().ToList();
        var (from, until) = (moments[10], moments[40]);

        await SelectsAsync(new() { LastSeen = new() { StartTime = from, EndTime = until } },
            instance => instance.LastSeen >= from && instance.LastSeen < until);
        await SelectsAsync(new() { LastSeen = new() { StartTime = from + Duration.FromTimeSpan(TimeSpan.FromTicks(1)) } }, instance => instance.LastSeen > from);
        await SelectsAsync(new() { LastSeen = new() { EndTime = from } }, instance => instance.LastSeen < from);
        await SelectsAsync(new() { FirstSeen = new() { StartTime = _all[30].FirstSeen } }, instance => instance.FirstSeen >= _all[30].FirstSeen);
        await SelectsAsync(new() { FirstSeen = new Interval() }, _ => true);
    }

    [Fact]
    public async Task A_page_is_as_large_as_asked_for_and_never_larger_than_allowed()
    {
        Assert.Equal(ListedFleet.Installations, (await Admin.ListInstancesAsync(new(), _server.Authorized)).Instances.Count);
        Assert.Equal(3, (await Admin.ListInstancesAsync(new() { PageSize = 3 }, _server.Authorized)).Instances.Count);
        Assert.Equal(ListedFleet.Installations, (await Admin.ListInstancesAsync(new() { PageSize = uint.MaxValue }, _server.Authorized)).Instances.Count);
        var request = new Wire.GetInstanceRequest { InstanceId = _all[0].InstanceId, HistoryPageSize = uint.MaxValue };
        Assert.Equal((int)_all[0].ReportCount, (await Admin.GetInstanceAsync(request, _server.Authorized)).History.Count);
        Assert.Equal(5, (await _server.Apps.ListAppsAsync(new() { PageSize = uint.MaxValue }, _server.Authorized)).Apps.Count);
    }

    [Fact]
    public async Task Apps_are_listed_page_by_page()
    {
        var slugs = new List<string>();
        var request = new Wire.ListAppsRequest { PageSize = 2 };
        do
        {
            var page = await _server.Apps.ListAppsAsync(request, _server.Authorized);
            Assert.Equal(5ul, page.TotalSize);
            slugs.AddRange(page.Apps.Select(app => app.Slug));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(["formvox", "intravox", "introvox", "metavox", "roomvox"], slugs);
    }

    [Fact]
    public async Task A_token_is_good_for_its_own_question_alone()
    {
        var first = await Admin.ListInstancesAsync(new() { PageSize = 5, OrderBy = "last_seen" }, _server.Authorized);

        // Another size is the same question.
        var second = await Admin.ListInstancesAsync(
            new() { PageSize = 9, OrderBy = "last_seen", PageToken = first.NextPageToken }, _server.Authorized);
        Assert.Equal(9, second.Instances.Count);
        await RefusedAsync("page_token", new() { PageToken = first.NextPageToken });
        await RefusedAsync("page_token", new() { PageToken = first.NextPageToken, OrderBy = "last_seen desc" });
        await RefusedAsync("page_token", new() { PageToken = first.NextPageToken, OrderBy = "last_seen", Filter = new() { Apps = { "roomvox" } } });
        await RefusedAsync("page_token", new() { PageToken = first.NextPageToken + "A", OrderBy = "last_seen" });
    }

    [Fact]
    public async Task A_history_shows_what_was_accepted_in_a_time_page_by_page()
    {
        var often = _all.First(instance => instance.ReportCount == 3);
        var whole = (await Admin.GetInstanceAsync(new() { InstanceId = often.InstanceId }, _server.Authorized)).History;
        var (oldest, middle, newest) = (whole[2].AcceptedAt, whole[1].AcceptedAt, whole[0].AcceptedAt);

        Assert.Equal([whole[1].Number], await HistoryAsync(new() { StartTime = middle, EndTime = newest }));
        Assert.Equal([whole[1].Number, whole[2].Number], await HistoryAsync(new() { EndTime = newest }));
        Assert.Equal([whole[0].Number, whole[1].Number], await HistoryAsync(new() { StartTime = middle }));
        Assert.Equal([whole[2].Number], await HistoryAsync(new() { EndTime = middle }));
        Assert.Empty(await HistoryAsync(new() { EndTime = oldest }));

        async Task<List<ulong>> HistoryAsync(Interval time)
        {
            var numbers = new List<ulong>();
            var request = new Wire.GetInstanceRequest { InstanceId = often.InstanceId, HistoryPageSize = 1, HistoryTime = time };
            do
            {
                var page = await Admin.GetInstanceAsync(request, _server.Authorized);
                numbers.AddRange(page.History.Select(report => report.Number));
                request.HistoryPageToken = page.NextHistoryPageToken;
            }
            while (request.HistoryPageToken.Length > 0);
            return numbers;
        }
    }

    [Fact]
    public async Task What_could_select_nothing_is_refused_by_its_field()
    {
        await RefusedAsync("order_by", new() { OrderBy = "country" });
        await RefusedAsync("order_by", new() { OrderBy = "last_seen down" });
        await RefusedAsync("order_by", new() { OrderBy = "last_seen desc, first_seen" });
        await RefusedAsync("filter.apps", new() { Filter = new() { Apps = { "no-such-app" } } });
        await RefusedAsync("filter.verdicts", new() { Filter = new() { Verdicts = { Wire.ClaimVerdict.Unspecified } } });
        await RefusedAsync("filter.last_seen", new() { Filter = new() { LastSeen = new() { StartTime = new() { Seconds = 5 }, EndTime = new() { Seconds = 5 } } } });
        await RefusedAsync("filter.first_seen.start_time", new() { Filter = new() { FirstSeen = new() { StartTime = new() { Seconds = long.MaxValue } } } });
        await RefusedAsync("filter.fields[0].field", new() { Filter = Field("environment.hostname", "x") });
        await RefusedAsync("filter.fields[0].field", new() { Filter = Field("subscription.key", "x") });
        await RefusedAsync("filter.fields[0].field", new() { Filter = Field("instance_hash", "x") });
        await RefusedAsync("filter.fields[0].values", new() { Filter = Field("app_version") });
        await RefusedAsync("filter.fields[0].values", new() { Filter = Field("users.total", "many") });
        await RefusedAsync("filter.fields[0].values", new() { Filter = Field("users.total", "-1") });
        await RefusedAsync("filter.fields[0].values", new() { Filter = Field("environment.container", "yes") });
        await RefusedAsync("filter.fields[0].values", new() { Filter = Field("environment.database", "DATABASE_NONE") });
        await RefusedAsync("filter.fields[0].values", new() { Filter = Field("app_version", [.. Enumerable.Repeat("1.0.0", 101)]) });
        // What only another app reports.
        var elsewhere = Field("usage.rooms", "5");
        elsewhere.Apps.Add("formvox");
        await RefusedAsync("filter.fields[0].field", new() { Filter = elsewhere });
    }

    private static Wire.InstanceFilter Field(string path, params string[] values) =>
        new() { Fields = { new Wire.FieldFilter { Field = path, Values = { values } } } };

    private static Wire.InstanceFilter Not(string path, params string[] values) =>
        new() { Fields = { new Wire.FieldFilter { Field = path, Values = { values }, Exclude = true } } };

    private async Task SelectsAsync(Wire.InstanceFilter filter, Func<Wire.Instance, bool> expected)
    {
        var wanted = _all.Where(expected).Select(instance => instance.InstanceId).ToList();
        var page = await Admin.ListInstancesAsync(new() { Filter = filter, PageSize = 1 }, _server.Authorized);

        Assert.Equal((ulong)wanted.Count, page.TotalSize);
        Assert.Equal(wanted, (await ListAsync(new() { Filter = filter }, 7)).Select(instance => instance.InstanceId));
    }

    private async Task<List<Wire.Instance>> ListAsync(Wire.ListInstancesRequest request, uint pageSize)
    {
        var listed = new List<Wire.Instance>();
        request.PageSize = pageSize;
        do
        {
            var page = await Admin.ListInstancesAsync(request, _server.Authorized);
            listed.AddRange(page.Instances);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return listed;
    }

    private async Task RefusedAsync(string field, Wire.ListInstancesRequest request)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await Admin.ListInstancesAsync(request, _server.Authorized));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal(field, Assert.Single(refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
    }
}

/// <summary>A server that 60 installations reported to, on up to three days; tests only read it.</summary>
public sealed class ListedFleet : IAsyncLifetime
{
    public const int Installations = 60;

    private static readonly string[] Countries = ["DE", "AT", "NL", ""];
    private static readonly string[] Versions = ["1.0.0", "1.1.0", "2.0.0"];

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync();
        var random = new Random(7);
        for (var day = 0; day < 3; day++)
        {
            for (var i = 0; i < Installations; i++)
            {
                // Every one reports on the first day, some on further ones: the later, the fewer.
                if (day == 0 || random.Next(2) == 0)
                {
                    var request = SampleReports.Request($"https://list-{i}.example");
                    request.Report.AppVersion = Versions[random.Next(Versions.Length)];
                    request.Report.Environment.Country = Countries[i % Countries.Length];
                    request.Report.Environment.Timezone = "";
                    request.Report.Environment.Database = i % 3 == 0 ? Wire.Database.Mysql : Wire.Database.Postgresql;
                    request.Report.Subscription = i % 5 == 0 ? new() { ExtendedSupport = true } : null;
                    await new Wire.ReportingService.ReportingServiceClient(Server.Native).SubmitReportAsync(request);
                    Server.Time.Advance(TimeSpan.FromSeconds(1));
                }
            }

            Server.Time.Advance(TimeSpan.FromDays(1));
        }
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
