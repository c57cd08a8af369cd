using System.Text;
using Grpc.Core;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Telemetry.Server.Tests.Access;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Audit;

/// <summary>Who, what, when, on what, with what result: through the whole server.</summary>
public sealed class AuditLogTests
{
    private const string Url = "https://cloud.example.org/rooms";

    [Fact]
    public async Task Every_change_has_an_entry_with_who_what_and_on_what()
    {
        await using var server = await TestServer.StartAsync();
        var token = await server.MakeAsync(Wire.Scope.Licenses, name: "Sales");
        var (license, _) = await server.IssueAsync();
        await server.LicenseAdmin.SuspendLicenseAsync(new() { LicenseId = license.LicenseId }, Tokens.Bearer(token.Secret));
        await server.LicenseAdmin.RotateSigningKeyAsync(new(), Tokens.Bearer(token.Secret));
        await server.Access.RotateTokenAsync(new() { TokenId = token.Id }, server.Authorized);
        await server.Access.RevokeTokenAsync(new() { TokenId = token.Id }, server.Authorized);

        var log = await ReadAsync(server);

        Assert.Equal(
            [
                ("start", "Access.MakeOwner", "token"), ("owner", "AccessService.CreateToken", token.Id),
                ("owner", "LicenseAdminService.IssueLicense", license.LicenseId), ("Sales", "LicenseAdminService.SuspendLicense", license.LicenseId),
                ("Sales", "LicenseAdminService.RotateSigningKey", ""), ("owner", "AccessService.RotateToken", token.Id),
                ("owner", "AccessService.RevokeToken", token.Id),
            ],
            log.Where(record => record.Kind == Wire.AuditKind.Change).Select(record => (
                record.Actor.Name, record.Action,
                record.Action == "Access.MakeOwner" ? "token" : record.Subjects.LastOrDefault(subject => subject.Kind != Wire.AuditSubjectKind.App)?.Id ?? "")));
        Assert.All(log, record => Assert.Equal((0, 1ul, server.Time.GetUtcNow()), (record.Code, record.Calls, record.Time.ToDateTimeOffset())));
        Assert.Equal(Wire.AuditActorKind.Server, log[0].Actor.Kind);
        Assert.Equal((Wire.AuditActorKind.Token, token.Id), (log[3].Actor.Kind, log[3].Actor.TokenId));
    }

    [Fact]
    public async Task What_changes_nothing_is_recorded_all_the_same_and_what_is_only_checked_is_not()
    {
        await using var server = await TestServer.StartAsync();
        var (license, _) = await server.IssueAsync();
        await server.LicenseAdmin.ResumeLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
        var contract = new MadeUpContract().ToSet();
        await server.Apps.RegisterAppAsync(new() { DescriptorSet = contract, ValidateOnly = true }, server.Authorized);

        var log = await ReadAsync(server);

        Assert.Equal(["LicenseAdminService.IssueLicense", "LicenseAdminService.ResumeLicense"], log.Skip(1).Select(record => record.Action));
        await server.Apps.RegisterAppAsync(new() { DescriptorSet = contract }, server.Authorized);
        Assert.Equal("AppService.RegisterApp invoicer", (await ReadAsync(server))[^1] is var last ? $"{last.Action} {last.Subjects.Single().Id}" : "");
    }

    [Fact]
    public async Task What_is_refused_is_recorded_with_its_result_and_without_names_that_nobody_has()
    {
        await using var server = await TestServer.StartAsync();
        var reader = await server.MakeAsync(Wire.Scope.Read, name: "Reader");
        await Tokens.RefusedAsync(server.Access.RevokeTokenAsync(new() { TokenId = "00000000000000ff" }, server.Authorized));
        await Tokens.RefusedAsync(server.Access.CreateTokenAsync(new() { Name = "<b>" }, server.Authorized));
        await Tokens.RefusedAsync(server.Access.ListTokensAsync(new(), Tokens.Bearer(reader.Secret)));
        await Tokens.RefusedAsync(server.Admin.GetReportAsync(new() { Number = 7 }, Tokens.Bearer(reader.Secret)));
        await Tokens.RefusedAsync(server.Admin.GetReportAsync(new() { Number = 7 }, Tokens.Bearer("tlm_stranger")));

        var log = (await ReadAsync(server)).Where(record => record.Code != 0).ToList();

        Assert.Equal(
            [
                ("owner", "AccessService.RevokeToken", (int)StatusCode.NotFound), ("owner", "AccessService.CreateToken", (int)StatusCode.InvalidArgument),
                ("Reader", "AccessService.ListTokens", (int)StatusCode.PermissionDenied), ("Reader", "AdminService.GetReport", (int)StatusCode.NotFound),
            ],
            log.Select(record => (record.Actor.Name, record.Action, record.Code)));
        Assert.All(log, record => Assert.Empty(record.Subjects));
    }

    [Fact]
    public async Task A_stream_that_is_refused_is_recorded_as_refused_and_one_that_hands_out_says_on_what()
    {
        await using var server = await TestServer.StartAsync();
        var (id, _) = await ReportAsync(server);
        using (var feed = new Wire.FeedService.FeedServiceClient(server.Native).StreamEvents(new() { After = "nonsense" }, server.Authorized))
        {
            await Tokens.RefusedAsync(() => feed.ResponseStream.MoveNext(CancellationToken.None));
        }

        var privacy = new Wire.PrivacyService.PrivacyServiceClient(server.Native);
        using (var export = privacy.ExportInstance(new() { InstanceId = id }, server.Authorized))
        {
            while (await export.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        }

        // Whatever is guessed, nobody who is not here is named.
        foreach (var digit in new[] { "1", "2", "3" })
        {
            await Tokens.RefusedAsync(privacy.EraseInstanceAsync(new() { InstanceId = string.Concat(Enumerable.Repeat(digit, 32)) }, server.Authorized));
        }

        var log = (await ReadAsync(server)).Skip(1).ToList();

        Assert.Equal(
            [("FeedService.StreamEvents", (int)StatusCode.InvalidArgument, 0), ("PrivacyService.ExportInstance", 0, 1), ("PrivacyService.EraseInstance", (int)StatusCode.NotFound, 0)],
            log.Select(record => (record.Action, record.Code, record.Subjects.Count)));
        Assert.Equal(2, (await Audit(server).ListAuditEntriesAsync(new() { Filter = new() { SubjectId = id } }, server.Authorized)).Entries
            .Count(entry => entry.Record.Action == "PrivacyService.ExportInstance") + 1);
    }

    [Fact]
    public async Task Every_way_to_read_what_an_installation_reported_has_an_entry_that_finds_it()
    {
        await using var server = await TestServer.StartAsync();
        var (id, hash) = await ReportAsync(server);
        await server.Admin.GetReportAsync(new() { Number = 1 }, server.Authorized);
        await server.Admin.GetInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);
        await server.Admin.ListInstancesAsync(new() { Filter = new() { Apps = { "roomvox" } } }, server.Authorized);
        var insights = new Wire.InsightsService.InsightsServiceClient(server.Native);
        await insights.GetTimelineAsync(new() { InstanceId = id, App = "roomvox" }, server.Authorized);
        using (var feed = new Wire.FeedService.FeedServiceClient(server.Native).StreamEvents(new() { Beginning = new(), Filter = new() { Apps = { "roomvox" } } }, server.Authorized))
        {
            await Patience.For(feed.ResponseStream.MoveNext(CancellationToken.None), "the feed begins");
        }

        using (var export = insights.Export(new() { Reports = new() }, server.Authorized))
        {
            while (await export.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        }

        var log = (await ReadAsync(server)).Skip(1).ToList();

        Assert.Equal(
            [
                ("AdminService.GetReport", 1ul), ("AdminService.GetInstance", 2ul), ("AdminService.ListInstances", 1ul), ("InsightsService.GetTimeline", 1ul),
                ("FeedService.StreamEvents", 0ul), ("InsightsService.Export", 0ul),
            ],
            log.Select(record => (record.Action, record.Reports)));
        Assert.All(log, record => Assert.Equal((Wire.AuditKind.Read, 0), (record.Kind, record.Code)));
        Assert.Equal([("roomvox", Wire.AuditSubjectKind.App)], log[2].Subjects.Concat(log[4].Subjects).Select(subject => (subject.Id, subject.Kind)).Distinct());
        foreach (var filter in new Wire.AuditFilter[] { new() { SubjectId = id }, new() { InstanceHash = hash }, new() { InstanceUrl = Url + "/" } })
        {
            var found = await Audit(server).ListAuditEntriesAsync(new() { Filter = filter }, server.Authorized);
            Assert.Equal(
                ["InsightsService.GetTimeline", "AdminService.GetInstance", "AdminService.GetReport"], found.Entries.Select(entry => entry.Record.Action));
        }
    }

    [Fact]
    public async Task No_entry_holds_an_id_a_hash_or_a_url_of_an_installation()
    {
        await using var server = await TestServer.StartAsync();
        var (id, hash) = await ReportAsync(server);
        await server.Admin.GetInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);
        await server.Admin.GetInstanceAsync(new() { InstanceHash = hash }, server.Authorized);
        await Audit(server).ListAuditEntriesAsync(new() { Filter = new() { InstanceUrl = Url } }, server.Authorized);

        var text = string.Concat((await EntriesAsync(server)).Select(entry => entry.ToString() + Encoding.Latin1.GetString(entry.Written.Span)));

        Assert.Contains("GetInstance", text, StringComparison.Ordinal);
        Assert.All([id, hash, "cloud.example.org"], never => Assert.DoesNotContain(never, text, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(Encoding.Latin1.GetString(Convert.FromHexString(id)), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_done_again_within_an_hour_is_summed_up_when_it_is_over()
    {
        await using var server = await TestServer.StartAsync();
        await ReportAsync(server);
        for (var i = 0; i < 5; i++)
        {
            await server.Admin.GetReportAsync(new() { Number = 1 }, server.Authorized);
            server.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Single(await ReadAsync(server), record => record.Action == "AdminService.GetReport");
        server.Time.Advance(TimeSpan.FromMinutes(56));
        await Patience.Until(() => server.Store.AuditHead.Number == 3, "the hour is summed up");
        var sum = (await ReadAsync(server)).Last(record => record.Action == "AdminService.GetReport");

        Assert.Equal((4ul, 4ul), (sum.Calls, sum.Reports));
        Assert.Equal(TimeSpan.FromMinutes(3), sum.Time.ToDateTimeOffset() - sum.Since.ToDateTimeOffset());
        Assert.Single(sum.Subjects);
        await server.Admin.GetReportAsync(new() { Number = 1 }, server.Authorized);
        Assert.Equal(3, (await ReadAsync(server)).Count(record => record.Action == "AdminService.GetReport"));
    }

    [Fact]
    public async Task What_a_stream_handed_out_is_in_the_log_when_the_server_stops()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-audit-").FullName;
        try
        {
            await using (var server = await TestServer.StartAsync(data))
            {
                await ReportAsync(server);
                using var feed = new Wire.FeedService.FeedServiceClient(server.Native).StreamEvents(new() { Beginning = new() }, server.Authorized);
                await Patience.For(Task.Run(async () =>
                {
                    while (feed.ResponseStream.Current?.Event is null)
                    {
                        await feed.ResponseStream.MoveNext(CancellationToken.None);
                    }
                }), "the report comes");
            }

            await using var next = await TestServer.StartAsync(data);
            var log = (await ReadAsync(next)).Where(record => record.Action == "FeedService.StreamEvents").ToList();

            Assert.Equal([(1ul, 0ul), (0ul, 1ul)], log.Select(record => (record.Calls, record.Reports)));
            Assert.Empty(await FindingsAsync(next));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task While_nothing_can_be_recorded_nothing_is_handed_out_or_changed()
    {
        await using var server = await TestServer.StartAsync();
        await ReportAsync(server);
        server.ExpectsErrors = true;
        server.HeldStore.Broken = "The disk is full.";

        var read = await Tokens.RefusedAsync(server.Admin.GetReportAsync(new() { Number = 1 }, server.Authorized));
        using var feed = new Wire.FeedService.FeedServiceClient(server.Native).StreamEvents(new() { Beginning = new() }, server.Authorized);
        var stream = await Tokens.RefusedAsync(() => feed.ResponseStream.MoveNext(CancellationToken.None));
        var change = await Tokens.RefusedAsync(server.Access.CreateTokenAsync(new() { Name = "a", Scopes = { Wire.Scope.Read } }, server.Authorized));
        var key = await Tokens.RefusedAsync(server.LicenseAdmin.RotateSigningKeyAsync(new(), server.Authorized));
        var keys = await server.Licenses.GetSigningKeysAsync(new());
        var aggregate = await new Wire.InsightsService.InsightsServiceClient(server.Native).QueryAsync(new(), server.Authorized);

        Assert.All([read, stream, change, key], refusal => Assert.Equal(StatusCode.Unavailable, refusal.StatusCode));
        Assert.Contains("recorded in the audit log", read.Status.Detail, StringComparison.Ordinal);
        Assert.NotNull(aggregate.Total);
        server.HeldStore.Broken = null;
        Assert.Equal(keys.Keys.Select(known => known.KeyId), (await server.Licenses.GetSigningKeysAsync(new())).Keys.Select(known => known.KeyId));
        Assert.Single(await ReadAsync(server), record => record.Kind == Wire.AuditKind.Change);
    }

    [Fact]
    public async Task The_log_is_filtered_and_paged()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 0; i < 25; i++)
        {
            await server.MakeAsync(Wire.Scope.Read, name: $"t{i}");
            server.Time.Advance(TimeSpan.FromHours(2));
        }

        await Tokens.RefusedAsync(server.Access.RevokeTokenAsync(new() { TokenId = "00000000000000ff" }, server.Authorized));
        var listed = new List<ulong>();
        var request = new Wire.ListAuditEntriesRequest { PageSize = 7, Filter = new() { Action = "createtoken" } };
        do
        {
            var page = await Audit(server).ListAuditEntriesAsync(request, server.Authorized);
            listed.AddRange(page.Entries.Select(entry => entry.Number));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(Enumerable.Range(2, 25).Reverse().Select(number => (ulong)number), listed);
        Assert.Equal(["AccessService.RevokeToken"], await ActionsAsync(server, new() { Refused = true }));
        Assert.Equal(["Access.MakeOwner"], await ActionsAsync(server, new() { Actor = "start" }));
        Assert.Equal(["Access.MakeOwner"], await ActionsAsync(server, new()
        {
            Kinds = { Wire.AuditKind.Change },
            Action = "owner",
            Time = new() { EndTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(server.Time.GetUtcNow()) },
        }));
        Assert.Empty(await ActionsAsync(server, new() { Actor = "own" }));
        foreach (var (filter, field) in new (Wire.AuditFilter, string)[]
        {
            (new() { Kinds = { (Wire.AuditKind)99 } }, "filter.kinds"), (new() { InstanceHash = "x" }, "filter.instance_hash"),
            (new() { InstanceUrl = new string('x', 2_049) }, "filter.instance_url"), (new() { Actor = new string('x', 101) }, "filter.actor"),
        })
        {
            var refusal = await Tokens.RefusedAsync(Audit(server).ListAuditEntriesAsync(new() { Filter = filter }, server.Authorized));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            Assert.StartsWith(field, refusal.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Old_entries_are_removed_with_an_entry_that_says_so_and_the_rest_still_verifies()
    {
        await using var server = await TestServer.StartAsync(settings: "Audit:KeepDays=31");
        for (var i = 0; i < 600; i++)
        {
            await server.Store.AppendAuditAsync([AuditMapper.Draft(new AuditCall(AuditKind.Change, "Test.Change", new(AuditActorKind.Server, "test"), server.Time).Record(0))], CancellationToken.None);
        }

        server.Time.Advance(TimeSpan.FromDays(20));
        await server.MakeAsync(Wire.Scope.Read, name: "younger");
        server.Time.Advance(TimeSpan.FromDays(12));

        await Patience.Until(() => server.Store.OldestAuditNumber == 602, "the oldest are removed");
        var entries = await EntriesAsync(server);

        Assert.Equal((602ul, "AccessService.CreateToken"), (entries[0].Number, entries[0].Record.Action));
        Assert.Contains(entries, entry => entry.Record.Forgotten?.ThroughNumber == 601 && entry.Record.Actor.Name == "retention");
        Assert.Empty(await FindingsAsync(server));
        Assert.Equal(602ul, (await Audit(server).ListAuditEntriesAsync(new(), server.Authorized)).OldestNumber);
    }

    private static async Task<IReadOnlyList<string>> ActionsAsync(TestServer server, Wire.AuditFilter filter) =>
        [.. (await Audit(server).ListAuditEntriesAsync(new() { Filter = filter }, server.Authorized)).Entries.Select(entry => entry.Record.Action)];

    private static async Task<(string Id, string Hash)> ReportAsync(TestServer server)
    {
        await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(new() { Report = SampleReports.Of(Url) });
        return (server.Part<Server.Privacy.Pseudonyms>().OfUrl(Url).ToString(), SampleReports.HashOf(Url));
    }

    private static Wire.AuditService.AuditServiceClient Audit(TestServer server) => new(server.Native);

    /// <summary>All records from the store, without an entry about that.</summary>
    private static async Task<IReadOnlyList<Wire.AuditRecord>> ReadAsync(TestServer server) => [.. (await EntriesAsync(server)).Select(entry => entry.Record)];

    private static async Task<IReadOnlyList<Wire.AuditEntry>> EntriesAsync(TestServer server) =>
        [.. (await server.Store.ReadAuditAsync(0, long.MaxValue, newestFirst: false, int.MaxValue, CancellationToken.None)).Select(AuditMapper.ToWire)];

    private static async Task<IReadOnlyList<string>> FindingsAsync(TestServer server)
    {
        var chain = new Wire.AuditChain();
        using var call = Audit(server).ExportAuditEntries(new(), server.Authorized);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            foreach (var entry in call.ResponseStream.Current.Entries)
            {
                chain.Take(entry);
            }
        }

        Assert.True(chain.Count > 0);
        return chain.Findings();
    }
}
