using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Telemetry.Server.Tests.Access;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Privacy;

/// <summary>Everything that is stored of one installation, handed out and erased, through the whole server.</summary>
public sealed class PrivacyServiceTests
{
    private const string Url = "https://cloud.example.org/rooms";
    private const string Other = "https://other.example.org";

    [Fact]
    public async Task Everything_that_is_stored_is_handed_out_with_every_report_and_seat()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        var (license, key) = await server.IssueAsync();
        await ReportAsync(server, Url, 250);
        await ReportAsync(server, Other, 3);
        await CheckAsync(server, key);

        var parts = await ExportAsync(server, new() { InstanceUrl = Url + "/" });

        Assert.Equal(SampleReports.App, parts[0].Instance.App);
        Assert.Equal(250, parts.Count(part => part.Report is not null));
        Assert.Equal(parts.Where(part => part.Report is not null).Select(part => part.Report.Number).OrderDescending(), parts.Where(part => part.Report is not null).Select(part => part.Report.Number));
        Assert.All(parts.Where(part => part.Report is not null), part => Assert.Equal(parts[0].Instance.InstanceId, part.Report.InstanceId));
        Assert.Equal(license.LicenseId, parts[^1].Seat.LicenseId);
        Assert.Equal(252, parts.Count);
        Assert.Equal(251, (await ExportAsync(server, new() { InstanceId = parts[0].Instance.InstanceId })).Count);
        Assert.Equal(251, (await ExportAsync(server, new() { InstanceUrl = Url, App = SampleReports.App })).Count);
    }

    [Fact]
    public async Task Nothing_of_an_erased_installation_is_found_anywhere_and_its_receipt_verifies_without_the_server()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-erase-").FullName;
        try
        {
            string id, receipt, rootKey;
            await using (var server = await TestServer.StartAsync(data, settings: "Ingestion:MinimumInterval=00:00:00"))
            {
                var (license, key) = await server.IssueAsync();
                rootKey = (await server.Licenses.GetSigningKeysAsync(new())).Root.PublicKeyPem;
                await ReportAsync(server, Url, 5);
                await ReportAsync(server, Other, 2);
                await ReportAsync(server, Url, 5);
                await CheckAsync(server, key);
                id = (await ExportAsync(server, new() { InstanceUrl = Url }))[0].Instance.InstanceId;

                var erased = await Privacy(server).EraseInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);

                receipt = erased.Apps.Single().Receipt;
                Assert.Equal((10ul, 1u, SampleReports.App), (erased.Apps.Single().Reports, erased.Seats, erased.Apps.Single().App));
                Assert.Equal(StatusCode.NotFound, (await Tokens.RefusedAsync(server.Admin.GetInstanceAsync(new() { InstanceUrl = Url }, server.Authorized))).StatusCode);
                Assert.Equal(StatusCode.NotFound, (await Tokens.RefusedAsync(server.Admin.GetReportAsync(new() { Number = 1 }, server.Authorized))).StatusCode);
                Assert.Equal(1, (int)(await server.Admin.ListInstancesAsync(new(), server.Authorized)).TotalSize);
                Assert.Equal(1, (await new Wire.InsightsService.InsightsServiceClient(server.Native).QueryAsync(
                    new() { Population = new() { Activity = Wire.Activity.Known } }, server.Authorized)).Total.Figures[0].Values[^1]);
                Assert.Equal(0u, (await server.LicenseAdmin.GetLicenseAsync(new() { LicenseId = license.LicenseId }, server.Authorized)).License.Instances);
                Assert.Equal([6ul, 7ul], await NumbersAsync(server));
            }

            var bytes = string.Concat(Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
            Assert.DoesNotContain(Encoding.Latin1.GetString(Convert.FromHexString(id)), bytes, StringComparison.Ordinal);
            Assert.DoesNotContain(id, bytes, StringComparison.OrdinalIgnoreCase);
            Assert.True(await IsGenuineAsync(receipt, rootKey));
            Assert.False(await IsGenuineAsync(receipt[..^5] + (receipt[^5] == 'A' ? "B" : "A") + receipt[^4..], rootKey));
            var proof = new JsonWebToken(receipt);
            Assert.Equal(("telemetry-erasure+jwt", 10L, SampleReports.HashOf(Url)), (proof.Typ, proof.GetPayloadValue<long>("reports"), proof.GetPayloadValue<string>("instance")));

            await using var again = await TestServer.StartAsync(data);
            Assert.Equal([6ul, 7ul], await NumbersAsync(again));
            // A lost answer is had again; the same installation begins a new life.
            var repeated = await Privacy(again).EraseInstanceAsync(new() { InstanceUrl = Url }, again.Authorized);
            Assert.Equal(10ul, repeated.Apps.Single().Reports);
            await ReportAsync(again, Url, 1);
            var reborn = (await again.Admin.GetInstanceAsync(new() { InstanceUrl = Url }, again.Authorized)).Instance;
            Assert.Equal((1ul, id), (reborn.ReportCount, reborn.InstanceId));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Readers_are_told_which_numbers_are_gone_live_and_when_they_come_back()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        await ReportAsync(server, Url, 2);
        await ReportAsync(server, Other, 1);
        using var live = FeedReader.Open(server, new() { Beginning = new() });
        await live.EventsThroughAsync(3);
        var before = (await live.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.CaughtUp)).CaughtUp.Position;

        await Privacy(server).EraseInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);
        await ReportAsync(server, Other, 1);

        var told = (await live.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Erased)).Erased;
        Assert.Equal((SampleReports.App, 1ul, 2ul, 3ul), (told.App, told.Numbers.Single().First, told.Numbers.Single().Last, told.Position.Number));
        Assert.Equal(4ul, (await live.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Event)).Event.Position.Number);
        // One that was away is told before what came after.
        using var resumed = FeedReader.Open(server, new() { After = before.Cursor });
        await resumed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Hello);
        Assert.Equal(told, (await resumed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Erased)).Erased);
        Assert.Equal(4ul, (await resumed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Event)).Event.Position.Number);
        // One that begins later has no copies, and reads over the gap.
        using var fresh = FeedReader.Open(server, new() { Beginning = new() });
        await fresh.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Hello);
        var gap = (await fresh.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Gap)).Gap;
        Assert.Equal((1ul, 2ul, Wire.GapReason.Erasure), (gap.FromNumber, gap.ToNumber, gap.Reason));
        using var elsewhere = FeedReader.Open(server, new() { After = before.Cursor, Filter = new() { Apps = { "metavox" } } });
        await server.Access.CreateTokenAsync(new() { Name = "x", Scopes = { Wire.Scope.Read } }, server.Authorized);
        Assert.Equal(Wire.StreamEventsResponse.MessageOneofCase.Hello, (await elsewhere.NextAsync()).MessageCase);
        Assert.Equal(Wire.StreamEventsResponse.MessageOneofCase.CaughtUp, (await elsewhere.NextAsync()).MessageCase);
    }

    [Fact]
    public async Task A_token_for_one_app_erases_that_app_alone_and_no_seats()
    {
        await using var server = await TestServer.StartAsync(settings: "Ingestion:MinimumInterval=00:00:00");
        await ReportAsync(server, Url, 2);
        var foreign = await server.MakeAsync(Wire.Scope.Privacy, apps: ["metavox"]);
        var own = await server.MakeAsync(Wire.Scope.Privacy, apps: [SampleReports.App]);
        var reader = await server.MakeAsync(Wire.Scope.Read);

        var refused = await Tokens.RefusedAsync(Privacy(server).EraseInstanceAsync(new() { InstanceUrl = Url }, Tokens.Bearer(foreign.Secret)));
        var named = await Tokens.RefusedAsync(Privacy(server).EraseInstanceAsync(new() { InstanceUrl = Url, App = SampleReports.App }, Tokens.Bearer(foreign.Secret)));
        var unscoped = await Tokens.RefusedAsync(Privacy(server).EraseInstanceAsync(new() { InstanceUrl = Url }, Tokens.Bearer(reader.Secret)));
        var erased = await Privacy(server).EraseInstanceAsync(new() { InstanceUrl = Url }, Tokens.Bearer(own.Secret));

        Assert.Equal((StatusCode.NotFound, StatusCode.PermissionDenied, StatusCode.PermissionDenied), (refused.StatusCode, named.StatusCode, unscoped.StatusCode));
        Assert.Equal(2ul, erased.Apps.Single().Reports);
    }

    [Fact]
    public async Task The_audit_log_says_who_erased_and_names_no_installation()
    {
        await using var server = await TestServer.StartAsync();
        await ReportAsync(server, Url, 1);
        var officer = await server.MakeAsync(Wire.Scope.Privacy, name: "Officer");
        await Privacy(server).EraseInstanceAsync(new() { InstanceUrl = Url }, Tokens.Bearer(officer.Secret));

        var log = await new Wire.AuditService.AuditServiceClient(server.Native).ListAuditEntriesAsync(
            new() { Filter = new() { InstanceUrl = Url } }, server.Authorized);

        Assert.Equal(("Officer", "PrivacyService.EraseInstance", 0), (log.Entries[0].Record.Actor.Name, log.Entries[0].Record.Action, log.Entries[0].Record.Code));
        Assert.Single(log.Entries[0].Record.Subjects);
    }

    [Fact]
    public async Task What_nobody_reported_is_not_found_and_what_names_nothing_is_refused_by_its_field()
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (request, status, words) in new (Wire.EraseInstanceRequest, StatusCode, string)[]
        {
            (new() { InstanceUrl = Url }, StatusCode.NotFound, "Nothing is stored"), (new(), StatusCode.InvalidArgument, "instance is required"),
            (new() { InstanceId = "xyz" }, StatusCode.InvalidArgument, "instance_id"), (new() { InstanceHash = "xyz" }, StatusCode.InvalidArgument, "instance_hash"),
            (new() { InstanceUrl = new string('x', 2_049) }, StatusCode.InvalidArgument, "instance_url"), (new() { InstanceUrl = Url, App = "nosuch" }, StatusCode.InvalidArgument, "app"),
        })
        {
            var refusal = await Tokens.RefusedAsync(Privacy(server).EraseInstanceAsync(request, server.Authorized));
            Assert.Equal(status, refusal.StatusCode);
            Assert.Contains(words, refusal.Status.Detail, StringComparison.Ordinal);
        }
    }

    private static async Task<bool> IsGenuineAsync(string receipt, string rootKey)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(rootKey);
        return (await new JsonWebTokenHandler().ValidateTokenAsync(receipt, new TokenValidationParameters
        {
            ValidIssuer = "telemetry",
            ValidateAudience = false,
            ValidateLifetime = false,
            IssuerSigningKey = new ECDsaSecurityKey(key),
        })).IsValid;
    }

    private static Wire.PrivacyService.PrivacyServiceClient Privacy(TestServer server) => new(server.Native);

    private static async Task<List<Wire.ExportInstanceResponse>> ExportAsync(TestServer server, Wire.ExportInstanceRequest request)
    {
        var parts = new List<Wire.ExportInstanceResponse>();
        using var call = Privacy(server).ExportInstance(request, server.Authorized);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            parts.Add(call.ResponseStream.Current);
        }

        return parts;
    }

    private static async Task<IReadOnlyList<ulong>> NumbersAsync(TestServer server)
    {
        using var reader = FeedReader.Open(server, new() { Beginning = new() });
        var numbers = new List<ulong>();
        while (true)
        {
            var message = await reader.NextAsync();
            if (message.Event is { } happened)
            {
                numbers.Add(happened.Position.Number);
            }
            else if (message.CaughtUp is not null)
            {
                return numbers;
            }
        }
    }

    private static async Task ReportAsync(TestServer server, string url, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(new() { Report = SampleReports.Of(url) });
        }
    }

    private static async Task CheckAsync(TestServer server, string key) => await server.Licenses.CheckLicenseAsync(new()
    {
        LicenseKey = key,
        InstanceHash = SampleReports.HashOf(Url),
        App = SampleReports.App,
        Nonce = ByteString.CopyFrom(new byte[16]),
    });
}
