using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Server.Tests.Access;
using Telemetry.Server.Tests.Transcoding;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.OwnData;

/// <summary>An installation sees and erases what was collected of it, and nobody else does, through the whole server.</summary>
public sealed class OwnDataServiceTests
{
    private const string Url = "https://cloud.example.org/rooms";
    private const string Other = "https://other.example.org";
    private const string App = SampleReports.App;

    private static readonly ByteString Secret = ByteString.CopyFrom([.. Enumerable.Range(100, 32).Select(i => (byte)i)]);
    private static readonly ByteString Another = ByteString.CopyFrom([.. Enumerable.Range(7, 32).Select(i => (byte)i)]);

    [Fact]
    public async Task The_owner_sees_every_report_and_gets_a_receipt_for_erasing_them_again_and_again()
    {
        await using var server = await StartAsync();
        var key = (await server.IssueAsync()).Key;
        await ReportAsync(server, Url, [.. Enumerable.Repeat(Secret, 150)]);
        await ReportAsync(server, Other, Another);
        await server.Licenses.CheckLicenseAsync(new() { LicenseKey = key, InstanceHash = SampleReports.HashOf(Url), App = App, WithoutToken = true });

        var parts = await ExportAsync(server, Secret);
        Assert.Equal((App, 150ul), (parts[0].Instance.App, parts[0].Instance.ReportCount));
        Assert.Equal(Enumerable.Range(1, 150).Select(i => (ulong)i).Reverse(), parts.Skip(1).Select(part => part.Report.Number));

        var erased = await EraseAsync(server, Secret);
        Assert.Equal((150ul, App, false), (erased.Erased.Single().Reports, erased.Erased.Single().App, erased.ErasedBefore));
        Assert.Equal(1u, (await server.Admin.ListInstancesAsync(new(), server.Authorized)).TotalSize);
        await NotTheOwnerAsync(server, () => ExportAsync(server, Secret));
        var repeated = await EraseAsync(server, Secret);
        Assert.Equal((erased.Erased.Single().ErasedAt, true), (repeated.Erased.Single().ErasedAt, repeated.ErasedBefore));
        // The seat is another matter: it is given up with the license's key.
        var licenses = await server.LicenseAdmin.ListLicensesAsync(new(), server.Authorized);
        Assert.Equal(1u, licenses.Licenses.Single().Instances);

        // A new life has the owner with whom it begins; the earlier one keeps its receipt and sees nothing.
        await ReportAsync(server, Url, Another);
        await NotTheOwnerAsync(server, () => ExportAsync(server, Secret));
        Assert.True((await EraseAsync(server, Secret)).ErasedBefore);
        Assert.Equal(2, (await ExportAsync(server, Another)).Count);
        Assert.Equal(1ul, (await EraseAsync(server, Another)).Erased.Single().Reports);
    }

    [Fact]
    public async Task Whatever_is_not_the_owner_s_has_one_answer()
    {
        await using var server = await StartAsync();
        await ReportAsync(server, Url, Secret);
        await ReportAsync(server, Other, ByteString.Empty);
        var answers = new HashSet<string>();
        foreach (var (url, secret) in new[] { (Url, Another), (Other, Secret), (Other, Another), ("https://unknown.example.org", Secret) })
        {
            answers.Add((await NotTheOwnerAsync(server, () => ExportAsync(server, secret, url))).Status.Detail);
            answers.Add((await NotTheOwnerAsync(server, () => EraseAsync(server, secret, url))).Status.Detail);
        }

        // The same secret proves nothing of another app of the installation.
        answers.Add((await NotTheOwnerAsync(server, () => ExportAsync(server, Secret, Url, "formvox"))).Status.Detail);
        Assert.Contains("Ask the vendor", answers.Single(), StringComparison.Ordinal);
        Assert.Equal(2u, (await server.Admin.ListInstancesAsync(new(), server.Authorized)).TotalSize);
    }

    [Theory]
    [InlineData(new[] { 0, 1 })]
    [InlineData(new[] { 1, 0 })]
    [InlineData(new[] { 1, 2 })]
    [InlineData(new[] { 1, 1, 2, 1 })]
    public async Task Only_an_unbroken_row_from_the_first_report_on_is_owned(int[] secrets)
    {
        await using var server = await StartAsync();
        await ReportAsync(server, Url, [.. secrets.Select(secret => secret switch { 0 => ByteString.Empty, 1 => Secret, _ => Another })]);

        await NotTheOwnerAsync(server, () => ExportAsync(server, Secret));
        await NotTheOwnerAsync(server, () => EraseAsync(server, Secret));
        await NotTheOwnerAsync(server, () => ExportAsync(server, Another));

        // Once an admin erased it, it begins anew.
        await new Wire.PrivacyService.PrivacyServiceClient(server.Native).EraseInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);
        await ReportAsync(server, Url, Secret, Secret);
        Assert.Equal(3, (await ExportAsync(server, Secret)).Count);
    }

    [Fact]
    public async Task Many_reports_at_once_and_json_have_no_owner_and_a_repetition_changes_nothing()
    {
        await using var server = await StartAsync();
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        var first = new Wire.SubmitReportRequest { Report = SampleReports.Of(Url), OwnershipSecret = Secret };
        var receipt = (await client.SubmitReportAsync(first)).Receipt;

        Assert.Equal(receipt, (await client.SubmitReportAsync(first)).Receipt);
        first.OwnershipSecret = Another;
        Assert.Equal(receipt, (await client.SubmitReportAsync(first)).Receipt);
        Assert.Equal(2, (await ExportAsync(server, Secret)).Count);

        await client.SubmitReportsAsync(new() { Reports = { SampleReports.Of(Url) } });
        await NotTheOwnerAsync(server, () => ExportAsync(server, Secret));
        var json = new JsonFormatter(new JsonFormatter.Settings(false).WithTypeRegistry(TypeRegistry.FromMessages(RoomVox.Usage.Descriptor)));
        foreach (var query in new[] { "?ownershipSecret=", "?ownership_secret=" })
        {
            var (status, body) = await JsonCalls.CallAsync(
                server, "POST", "/v1/reports" + query + Uri.EscapeDataString(Secret.ToBase64()), json.Format(SampleReports.Of(Other)));
            Assert.True(status == 400 && body.ToString()!.Contains("\"query\"", StringComparison.Ordinal), $"{status} {body}");
        }

        Assert.Equal(1u, (await server.Admin.ListInstancesAsync(new(), server.Authorized)).TotalSize);
        await JsonCalls.GoodAsync(server, "POST", "/v1/reports", json.Format(SampleReports.Of(Other)));
        await NotTheOwnerAsync(server, () => ExportAsync(server, Secret, Other));
    }

    [Fact]
    public async Task An_installation_that_an_admin_erased_gets_its_receipt()
    {
        await using var server = await StartAsync();
        await ReportAsync(server, Url, Secret);
        await new Wire.PrivacyService.PrivacyServiceClient(server.Native).EraseInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);

        Assert.True((await EraseAsync(server, Secret)).ErasedBefore);
        await NotTheOwnerAsync(server, () => EraseAsync(server, Another));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(1)]
    public async Task A_secret_of_another_length_is_refused_by_its_rule_and_is_repeated_nowhere(int length)
    {
        await using var server = await StartAsync();
        var wrong = ByteString.CopyFrom([.. Enumerable.Repeat((byte)'Z', length)]);
        var client = new Wire.ReportingService.ReportingServiceClient(server.Native);
        var refusals = new[]
        {
            await Tokens.RefusedAsync(client.SubmitReportAsync(new() { Report = SampleReports.Of(Url), OwnershipSecret = wrong })),
            await Assert.ThrowsAsync<RpcException>(() => EraseAsync(server, wrong)),
            await Assert.ThrowsAsync<RpcException>(() => ExportAsync(server, wrong)),
            await Assert.ThrowsAsync<RpcException>(() => ExportAsync(server, ByteString.Empty)),
        };

        foreach (var refusal in refusals)
        {
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            Assert.Equal("ownership_secret", refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field);
            Assert.DoesNotContain("ZZ", refusal.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(0, server.Store.Current.Number);
        var named = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(server, Secret, app: ""));
        Assert.Equal("app", named.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field);
    }

    [Fact]
    public async Task Guesses_are_counted_by_caller()
    {
        await using var server = await StartAsync("Limits:OwnDataCallsPerHour=3", "Server:TrustedProxies:0=127.0.0.1");
        await ReportAsync(server, Url, Secret);
        for (var i = 0; i < 3; i++)
        {
            await NotTheOwnerAsync(server, () => EraseAsync(server, Another, from: "192.0.2.1"));
        }

        // Also the right one, which would tell itself else.
        var tooMany = await Assert.ThrowsAsync<RpcException>(() => EraseAsync(server, Secret, from: "192.0.2.1"));
        Assert.Equal((StatusCode.ResourceExhausted, "TOO_MANY_OWN_DATA_CALLS"), (tooMany.StatusCode, Tokens.ReasonOf(tooMany)));
        Assert.Equal(TimeSpan.FromHours(1), tooMany.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan());
        Assert.Equal(2, (await ExportAsync(server, Secret, from: "198.51.100.7")).Count);
        server.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1ul, (await EraseAsync(server, Secret, from: "192.0.2.1")).Erased.Single().Reports);
    }

    [Fact]
    public async Task The_audit_log_has_who_proved_himself_and_one_entry_an_hour_for_all_who_did_not()
    {
        await using var server = await StartAsync();
        await ReportAsync(server, Url, Secret, Secret);
        for (var i = 0; i < 20; i++)
        {
            await NotTheOwnerAsync(server, () => EraseAsync(server, Another, $"https://{i}.example.org"));
        }

        await ExportAsync(server, Secret);
        // A token that comes along is not what it is done by.
        await Client(server).EraseOwnDataAsync(new() { App = App, InstanceHash = SampleReports.HashOf(Url), OwnershipSecret = Secret }, server.Authorized);

        var log = (await Audit(server).ListAuditEntriesAsync(new() { PageSize = 100 }, server.Authorized)).Entries.Select(entry => entry.Record)
            .Where(record => record.Action.StartsWith("OwnDataService", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                ("OwnDataService.EraseOwnData", Wire.AuditKind.Change, 0, 2), ("OwnDataService.ExportOwnData", Wire.AuditKind.Read, 0, 2),
                ("OwnDataService.EraseOwnData", Wire.AuditKind.Change, (int)StatusCode.PermissionDenied, 0),
            ],
            log.Select(record => (record.Action, record.Kind, record.Code, record.Subjects.Count)));
        Assert.All(log, record => Assert.Equal((Wire.AuditActorKind.Installation, "", ""), (record.Actor.Kind, record.Actor.Name, record.Actor.TokenId)));
        var ofIt = (await Audit(server).ListAuditEntriesAsync(new() { Filter = new() { InstanceUrl = Url } }, server.Authorized)).Entries;
        Assert.Equal(["OwnDataService.EraseOwnData", "OwnDataService.ExportOwnData"], ofIt.Take(2).Select(entry => entry.Record.Action));
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_handed_out_and_not_erased()
    {
        await using var server = await StartAsync();
        server.ExpectsErrors = true;
        await ReportAsync(server, Url, Secret);
        server.HeldStore.Broken = "The disk is full.";

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => ExportAsync(server, Secret))).StatusCode);
        var erasing = await Assert.ThrowsAsync<RpcException>(() => EraseAsync(server, Secret));

        Assert.Equal((StatusCode.Unavailable, "STORE_UNAVAILABLE"), (erasing.StatusCode, Tokens.ReasonOf(erasing)));
        server.HeldStore.Broken = null;
        Assert.Equal(1ul, (await EraseAsync(server, Secret)).Erased.Single().Reports);
    }

    [Fact]
    public async Task Neither_the_secret_nor_its_hash_is_in_a_file_a_log_line_or_an_answer()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-own-").FullName;
        try
        {
            var answers = new StringBuilder();
            ulong owner;
            IReadOnlyCollection<(Microsoft.Extensions.Logging.LogLevel Level, string Text)> logs;
            await using (var server = await StartAsync(data))
            {
                await ReportAsync(server, Url, Secret, Secret);
                await ReportAsync(server, Other, Another);
                var pseudonyms = server.Part<Telemetry.Server.Privacy.Pseudonyms>();
                owner = pseudonyms.OfOwner(pseudonyms.Of(SampleReports.HashOf(Url)), App, Secret.Span);
                answers.AppendJoin('\n', await ExportAsync(server, Secret)).AppendLine();
                using var body = new StringContent(JsonOf(Secret), Encoding.UTF8, "application/json");
                using var json = await server.HttpClient.PostAsync("/v1/own-data:export", body);
                Assert.Equal(System.Net.HttpStatusCode.OK, json.StatusCode);
                answers.AppendLine(await json.Content.ReadAsStringAsync());
                answers.Append(await NotTheOwnerAsync(server, () => ExportAsync(server, Another)));
                answers.Append(await server.Admin.GetReportAsync(new() { Number = 1 }, server.Authorized)).Append(await server.Admin.GetInstanceAsync(new() { InstanceUrl = Url }, server.Authorized));
                using var feed = FeedReader.Open(server, new() { Beginning = new() });
                answers.Append(await feed.NextAsync()).Append(await feed.NextAsync());
                Assert.Contains(Latin(BitConverter.GetBytes(owner)), BytesIn(data), StringComparison.Ordinal);
                answers.Append(await EraseAsync(server, Secret)).Append(await Audit(server).ListAuditEntriesAsync(new() { PageSize = 100 }, server.Authorized));
                logs = server.Logs.Lines;
            }

            var text = answers + string.Join('\n', logs.Select(line => line.Text));
            Assert.Contains("roomvox", text, StringComparison.Ordinal);
            foreach (var word in new[] { Secret.ToBase64(), Convert.ToHexString(Secret.Span), owner.ToString("x16"), owner.ToString(), ((long)owner).ToString() })
            {
                Assert.DoesNotContain(word, text, StringComparison.OrdinalIgnoreCase);
            }

            var files = BytesIn(data);
            foreach (var secret in new[] { Secret, Another })
            {
                Assert.DoesNotContain(Latin(secret.ToByteArray()), files, StringComparison.Ordinal);
                Assert.DoesNotContain(secret.ToBase64(), files, StringComparison.Ordinal);
                Assert.DoesNotContain(Convert.ToHexString(secret.Span), files, StringComparison.OrdinalIgnoreCase);
            }

            // Erased with the rest of it; what the erasure keeps of its owner is something else.
            Assert.DoesNotContain(Latin(BitConverter.GetBytes(owner)), files, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Ownership_and_receipts_outlive_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-own-").FullName;
        try
        {
            await using (var server = await StartAsync(data))
            {
                await ReportAsync(server, Url, Secret);
                await ReportAsync(server, Other, Another);
                await EraseAsync(server, Another, Other);
            }

            await using var again = await StartAsync(data);
            Assert.Equal(2, (await ExportAsync(again, Secret)).Count);
            Assert.True((await EraseAsync(again, Another, Other)).ErasedBefore);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static Task<TestServer> StartAsync(params string[] settings) =>
        TestServer.StartAsync(settings: ["Ingestion:MinimumInterval=00:00:00", .. settings.Where(setting => setting.Contains('=', StringComparison.Ordinal))],
            data: settings.FirstOrDefault(setting => !setting.Contains('=', StringComparison.Ordinal)));

    private static Wire.OwnDataService.OwnDataServiceClient Client(TestServer server) => new(server.Native);

    private static Wire.AuditService.AuditServiceClient Audit(TestServer server) => new(server.Native);

    private static Metadata From(string? address) => address is null ? [] : new() { { "x-forwarded-for", address } };

    private static async Task<List<Wire.ExportOwnDataResponse>> ExportAsync(
        TestServer server, ByteString secret, string url = Url, string app = App, string? from = null)
    {
        var parts = new List<Wire.ExportOwnDataResponse>();
        using var call = Client(server).ExportOwnData(new() { App = app, InstanceHash = SampleReports.HashOf(url), OwnershipSecret = secret }, From(from));
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            parts.Add(call.ResponseStream.Current);
        }

        return parts;
    }

    private static async Task<Wire.EraseOwnDataResponse> EraseAsync(TestServer server, ByteString secret, string url = Url, string? from = null) =>
        await Client(server).EraseOwnDataAsync(new() { App = App, InstanceHash = SampleReports.HashOf(url), OwnershipSecret = secret }, From(from));

    private static async Task<RpcException> NotTheOwnerAsync(TestServer server, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((StatusCode.PermissionDenied, "NOT_THE_OWNER"), (refusal.StatusCode, Tokens.ReasonOf(refusal)));
        return refusal;
    }

    private static async Task ReportAsync(TestServer server, string url, params ByteString[] secrets)
    {
        foreach (var secret in secrets)
        {
            await new Wire.ReportingService.ReportingServiceClient(server.Native)
                .SubmitReportAsync(new() { Report = SampleReports.Of(url), OwnershipSecret = secret });
        }
    }

    private static string JsonOf(ByteString secret) => JsonFormatter.Default.Format(
        new Wire.ExportOwnDataRequest { App = App, InstanceHash = SampleReports.HashOf(Url), OwnershipSecret = secret });

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static string BytesIn(string directory) => string.Concat(
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).Select(path =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            return Latin(copy.ToArray());
        }));
}
