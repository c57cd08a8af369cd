using Grpc.Core;
using Telemetry.DataFiles;
using Telemetry.Server.Backups;
using Telemetry.Server.Hosting;
using Telemetry.Server.Model;
using Telemetry.Server.Storage;
using Telemetry.Server.Tests.Access;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Backups;

/// <summary>Backups of a server that goes on, and what becomes of a server that is restored from one.</summary>
public sealed class BackupTests : IDisposable
{
    private const string Url = "https://cloud.example.org";
    private const string Other = "https://other.example.org";

    private readonly string _root = Directory.CreateTempSubdirectory("telemetry-backup-").FullName;

    private string Backups => Path.Combine(_root, "backups");

    private string Data => Path.Combine(_root, "data");

    private string[] Settings => ["Ingestion:MinimumInterval=00:00:00", $"Backup:Directory={Backups}", "Backup:EveryHours=0"];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_restored_server_is_the_one_of_the_backup_and_tells_readers_that_had_seen_more()
    {
        string behind, ahead;
        Wire.Backup backup;
        List<Wire.Event> events;
        string states;
        double known;
        await using (var server = await TestServer.StartAsync(Data, settings: Settings))
        {
            await server.IssueAsync();
            await ReportAsync(server, Url, 5);
            await ReportAsync(server, Other, 3);
            server.Time.Advance(TimeSpan.FromDays(2));
            await ReportAsync(server, Url, 2);
            using var reader = FeedReader.Open(server, new() { Beginning = new() });
            events = await reader.EventsThroughAsync(10);
            behind = (await reader.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.CaughtUp)).CaughtUp.Position.Cursor;
            states = (await server.Admin.ListInstancesAsync(new(), server.Authorized)).ToString();
            known = await KnownAsync(server);

            backup = (await CreateAsync(server))[^1].Backup;

            Assert.Equal((10ul, 2ul), (backup.Number, backup.Instances));
            await ReportAsync(server, "https://third.example.org", 1);
            ahead = (await reader.EventsThroughAsync(11))[^1].Position.Cursor;
            var list = await Client(server).ListBackupsAsync(new(), server.Authorized);
            Assert.Equal(backup, Assert.Single(list.Backups));
            Assert.Empty(await VerifyAsync(server, ""));
            Assert.Equal("CreateBackup", (await AuditAsync(server, "Backup")).Single(record => record.Subjects.Count > 0).Action.Split('.')[1]);
        }

        // It opens as a data directory, although it has no secret; that it was looked at leaves it whole.
        var made = new BackupSet(Backups).List().Backups[0];
        Assert.Empty(Store(made.Path));
        Assert.Empty(made.Verify(static _ => { }, CancellationToken.None));
        var restored = Restore(Data + "-restored");
        Assert.False(File.Exists(Path.Combine(restored, "secret.key")), "No secret is in a backup.");
        CopySecrets(restored);
        await using (var server = await TestServer.StartAsync(restored, settings: Settings))
        {
            Assert.Contains(server.Logs.Lines, line => line.Text.Contains($"This is the backup {backup.Name}, at report 10", StringComparison.Ordinal));
            Assert.Equal(states, (await server.Admin.ListInstancesAsync(new(), server.Authorized)).ToString());
            Assert.Equal(known, await KnownAsync(server));
            Assert.Single((await server.LicenseAdmin.ListLicensesAsync(new(), server.Authorized)).Licenses);
            using var resumed = FeedReader.Open(server, new() { After = behind });
            await resumed.NextAsync(Wire.StreamEventsResponse.MessageOneofCase.Hello);
            await ReportAsync(server, Other, 1);
            var next = await resumed.EventsThroughAsync(11);
            Assert.NotEqual(ahead, next[^1].Position.Cursor);
            using var lost = FeedReader.Open(server, new() { After = ahead });
            var refused = await Assert.ThrowsAsync<RpcException>(() => lost.NextAsync());
            Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
            Assert.Contains("restored from a backup", refused.Status.Detail, StringComparison.Ordinal);
            using var all = FeedReader.Open(server, new() { Beginning = new() });
            Assert.Equal(events.ConvertAll(TextOf), (await all.EventsThroughAsync(10)).ConvertAll(TextOf));
            Assert.Contains(await AuditAsync(server, "Backup.Restore"), record => record.Subjects.Single().Id == backup.Name);
        }

        // Once is enough: it has become a server like any other.
        Assert.False(File.Exists(Path.Combine(restored, RestoredNote.FileName)));
        Assert.Empty(Store(restored));
    }

    [Fact]
    public async Task What_was_erased_after_a_backup_is_erased_again_before_the_restored_server_serves_and_a_new_life_stays()
    {
        string id;
        await using (var server = await TestServer.StartAsync(Data, settings: Settings))
        {
            await ReportAsync(server, Url, 5);
            await ReportAsync(server, Other, 3);
            server.Time.Advance(TimeSpan.FromDays(2));
            await ReportAsync(server, Url, 1);
            await server.Part<ITelemetryStore>().MoveStepAsync(server.Time.GetUtcNow(), CancellationToken.None);
            id = (await server.Admin.GetInstanceAsync(new() { InstanceUrl = Url }, server.Authorized)).Instance.InstanceId;
            await CreateAsync(server);
            await new Wire.PrivacyService.PrivacyServiceClient(server.Native).EraseInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);
            server.Time.Advance(TimeSpan.FromHours(2));
            await ReportAsync(server, Url, 1);
            await CreateAsync(server);
        }

        var names = new BackupSet(Backups).List().Backups.Select(backup => backup.Name).ToList();
        Assert.True(Holds(Path.Combine(Backups, names[1]), Convert.FromHexString(id)));
        var older = Restore(Data + "-older", names[1]);
        CopySecrets(older);
        await using (var server = await TestServer.StartAsync(older, settings: Settings))
        {
            Assert.Equal(1, server.Store.InstanceCount);
            Assert.False(Holds(older, Convert.FromHexString(id)));
            Assert.Equal(1, await KnownAsync(server));
            Assert.Equal(3, (await EventsAsync(server, 8)).Count);
            Assert.Single(Assert.Single(await AuditAsync(server, "Backup.EraseAgain")).Subjects);
        }

        Assert.False(Holds(older, Convert.FromHexString(id)));
        var newer = Restore(Data + "-newer", names[0]);
        CopySecrets(newer);
        await using var later = await TestServer.StartAsync(newer, settings: Settings);
        Assert.Equal(1ul, (await later.Admin.GetInstanceAsync(new() { InstanceUrl = Url }, later.Authorized)).Instance.ReportCount);
        Assert.Empty(await AuditAsync(later, "Backup.EraseAgain"));
    }

    /// <summary>Given up and then erased, so that only the backup has it.</summary>
    [Fact]
    public async Task A_seat_of_an_erased_installation_does_not_come_back_either()
    {
        string license, key;
        await using (var server = await TestServer.StartAsync(Data, settings: Settings))
        {
            (var issued, key) = await server.IssueAsync(order => order.InstancesAllowed = 2);
            license = issued.LicenseId;
            await CheckAsync(server, key, Url);
            await CheckAsync(server, key, Other);
            await ReportAsync(server, Url, 1);
            await CreateAsync(server);
            await server.LicenseAdmin.ReleaseLicenseInstanceAsync(
                new() { LicenseId = license, InstanceUrl = Url }, server.Authorized);
            await new Wire.PrivacyService.PrivacyServiceClient(server.Native).EraseInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);
        }

        var restored = Restore(Data + "-restored");
        CopySecrets(restored);
        await using var again = await TestServer.StartAsync(restored, settings: Settings);
        Assert.Equal(1u, (await again.LicenseAdmin.GetLicenseAsync(new() { LicenseId = license }, again.Authorized)).License.Instances);
        Assert.Single(again.Store.ReadLeases());
        Assert.Equal(2, (await AuditAsync(again, "Backup.EraseAgain")).Count);
    }

    private static async Task CheckAsync(TestServer server, string key, string url) => await server.Licenses.CheckLicenseAsync(new()
    {
        LicenseKey = key,
        InstanceHash = SampleReports.HashOf(url),
        App = SampleReports.App,
        Nonce = Google.Protobuf.ByteString.CopyFrom(new byte[16]),
    });

    /// <summary>The disk of the data is gone, and nobody made a backup since.</summary>
    [Fact]
    public async Task An_erasure_is_noted_beside_the_backups_before_it_is_answered()
    {
        await using var server = await TestServer.StartAsync(Data, settings: Settings);
        await ReportAsync(server, Url, 1);
        await CreateAsync(server);

        await new Wire.PrivacyService.PrivacyServiceClient(server.Native).EraseInstanceAsync(new() { InstanceUrl = Url }, server.Authorized);

        // Of its reports and of its seats.
        var notes = new BackupSet(Backups).ReadErasures();
        Assert.Equal([server.Store.Erasures[0].Time, server.Store.ErasedSeats[0].Time], notes.Select(note => note.Time));
        // Whoever loses the list has it again with the next backup.
        File.Delete(Path.Combine(Backups, "erasures.jsonl"));
        await CreateAsync(server);
        Assert.Equal(notes, new BackupSet(Backups).ReadErasures());
        // One that is damaged is told once, however often it is tried, and is left as it is for whoever looks.
        await File.WriteAllTextAsync(Path.Combine(Backups, "erasures.jsonl"), "{damaged\n");
        await CreateAsync(server);
        await CreateAsync(server);
        Assert.Single(server.Logs.Lines, line => line.Text.Contains("could not be noted beside the backups", StringComparison.Ordinal));
        Assert.Equal("{damaged\n", await File.ReadAllTextAsync(Path.Combine(Backups, "erasures.jsonl")));
    }

    [Fact]
    public async Task A_backup_that_cannot_be_made_is_told_once_and_healed_by_the_next()
    {
        await using var server = await TestServer.StartAsync(Data, settings: Settings);
        server.ExpectsErrors = true;
        await ReportAsync(server, Url, 1);
        await File.WriteAllTextAsync(Backups, "in the way");

        for (var time = 0; time < 2; time++)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(server));
            Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
            Assert.Contains("log says why", refused.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Single(server.Logs.Lines, line => line.Text.Contains("No backup could be made", StringComparison.Ordinal));
        Assert.Contains("backup", await server.HttpClient.GetStringAsync(new Uri("/healthz", UriKind.Relative)), StringComparison.Ordinal);
        await ReportAsync(server, Url, 1);
        File.Delete(Backups);
        Assert.Equal(2ul, (await CreateAsync(server))[^1].Backup.Number);
        Assert.DoesNotContain("backup", await server.HttpClient.GetStringAsync(new Uri("/healthz", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_is_made_at_a_time_and_whoever_leaves_ends_it()
    {
        await using var server = await TestServer.StartAsync(Data, settings: Settings);
        await ReportAsync(server, Url, 1);
        var (keeper, begun, goOn) = (server.Part<BackupKeeper>(), new TaskCompletionSource(), new ManualResetEventSlim());
        using var leaving = new CancellationTokenSource();
        var first = keeper.CreateAsync(_ => { begun.SetResult(); goOn.Wait(Patience.Limit); return Draft(); }, new CopyProgress(), leaving.Token);
        await Patience.For(begun.Task, "the first backup begins");

        var refused = await Assert.ThrowsAsync<RpcException>(() => CreateAsync(server));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        await leaving.CancelAsync();
        goOn.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Empty(Directory.GetDirectories(Backups));
        Assert.Single(await CreateAsync(server));
        goOn.Dispose();
    }

    [Fact]
    public async Task Backups_are_made_when_they_are_due_and_the_oldest_go()
    {
        await using var server = await TestServer.StartAsync(
            Data, settings: ["Ingestion:MinimumInterval=00:00:00", $"Backup:Directory={Backups}", "Backup:EveryHours=12", "Backup:Keep=3"]);
        var set = new BackupSet(Backups);
        await Patience.Until(() => set.List().Backups.Count == 1, "the first backup");
        for (var day = 0; day < 6; day++)
        {
            await ReportAsync(server, Url, 1);
            var before = set.List().Backups[0].Name;
            server.Time.Advance(TimeSpan.FromHours(11));
            await Patience.For(server.Part<BackupKeeper>().NoteErasuresAsync(CancellationToken.None), "a turn");
            Assert.Equal(before, set.List().Backups[0].Name);
            server.Time.Advance(TimeSpan.FromHours(1));
            await Patience.Until(() => set.List().Backups[0].Name != before, "the next backup");
        }

        await Patience.Until(() => set.List().Backups.Count == 3, "three are kept");
        Assert.Equal([6L, 5L, 4L], set.List().Backups.Select(backup => backup.Description.Position));
        Assert.Equal(["000007", "000006", "000005"], set.List().Backups.Select(backup => backup.Name[..6]));
        Assert.Contains(await AuditAsync(server, "Backup.Create"), record => record.Actor.Kind == Wire.AuditActorKind.Server);
    }

    [Fact]
    public async Task Without_a_directory_every_call_says_how_to_name_one()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(new Wire.ListBackupsResponse(), await Client(server).ListBackupsAsync(new(), server.Authorized));
        foreach (var call in new Func<Task>[] { () => CreateAsync(server), () => VerifyAsync(server, "") })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(call);
            Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
            Assert.Contains("Backup:Directory", refused.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_directory_of_another_server_is_refused()
    {
        await using (var server = await TestServer.StartAsync(Data, settings: Settings))
        {
            await CreateAsync(server);
        }

        await using var other = await TestServer.StartAsync(Data + "-other", settings: Settings);
        other.ExpectsErrors = true;

        await Assert.ThrowsAsync<RpcException>(() => CreateAsync(other));

        Assert.Contains(other.Logs.Lines, line => line.Text.Contains("holds backups of another server", StringComparison.Ordinal));
        Assert.Single(new BackupSet(Backups).List().Backups);
    }

    [Fact]
    public async Task Secrets_go_apart_and_into_no_backup()
    {
        var secrets = Path.Combine(_root, "secrets");
        await using (var server = await TestServer.StartAsync(Data, settings: [.. Settings, $"Backup:SecretsDirectory={secrets}"]))
        {
            await ReportAsync(server, Url, 1);
            await CreateAsync(server);
            await CreateAsync(server);
        }

        Assert.Equal(Backup.FilesIn(Data).Where(name => name is "secret.key" || name.StartsWith("signing/", StringComparison.Ordinal)), Backup.FilesIn(secrets));
        foreach (var name in Backup.FilesIn(secrets))
        {
            var secret = await File.ReadAllBytesAsync(Path.Combine(secrets, name));
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Data, name)), secret);
            Assert.False(Holds(Backups, secret));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(secrets, name)));
            }
        }
    }

    [Fact]
    public async Task A_restore_that_was_cut_short_is_refused_until_it_is_run_again()
    {
        await using (var server = await TestServer.StartAsync(Data, settings: Settings))
        {
            await ReportAsync(server, Url, 2);
            await CreateAsync(server);
            await ReportAsync(server, Url, 2);
        }

        await File.WriteAllTextAsync(Path.Combine(Data, RestoredNote.UnfinishedName), "");
        File.Delete(Path.Combine(Data, "telemetry.log"));

        var refused = await Assert.ThrowsAsync<StoreOpenException>(async () => await TestServer.StartAsync(Data, settings: Settings));

        Assert.Contains("Run 'telemetry backup restore' again", refused.Message, StringComparison.Ordinal);
        Restore(Data);
        await using var again = await TestServer.StartAsync(Data, settings: Settings);
        Assert.Equal(2, again.Store.Current.Number);
        Assert.Contains(Directory.GetDirectories(Data), path => Path.GetFileName(path).StartsWith("replaced-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Data_that_is_there_is_only_moved_aside_when_that_is_said()
    {
        await using (var server = await TestServer.StartAsync(Data, settings: Settings))
        {
            await ReportAsync(server, Url, 1);
            await CreateAsync(server);
            var running = Assert.Throws<IOException>(() => Restore(Data, replace: true));
            Assert.Contains("A server runs on", running.Message, StringComparison.Ordinal);
        }

        var refused = Assert.Throws<IOException>(() => Restore(Data));
        Assert.Contains("--replace", refused.Message, StringComparison.Ordinal);
        Restore(Data, replace: true);
        Assert.True(File.Exists(Path.Combine(Data, "secret.key")));
        await using var again = await TestServer.StartAsync(Data, settings: Settings);
        Assert.Equal(1, again.Store.Current.Number);
        Assert.Single(Directory.GetDirectories(Data, "replaced-*"));
    }

    [Theory]
    [InlineData("Backup:Directory={data}", "must not be the data directory")]
    [InlineData("Backup:SecretsDirectory={backups}/secrets", "must not be in Backup:Directory")]
    [InlineData("Backup:Keep=0", "Keep")]
    [InlineData("Backup:EveryHours=-1", "EveryHours")]
    public async Task Settings_that_cannot_be_are_refused_at_the_start(string setting, string words)
    {
        string[] settings = [$"Backup:Directory={Backups}", setting.Replace("{data}", Data, StringComparison.Ordinal).Replace("{backups}", Backups, StringComparison.Ordinal)];
        var refused = await Assert.ThrowsAnyAsync<Exception>(async () => await TestServer.StartAsync(Data, settings: settings));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_byte_a_missing_and_a_foreign_file_are_found()
    {
        await using var server = await TestServer.StartAsync(Data, settings: Settings);
        await ReportAsync(server, Url, 1);
        await CreateAsync(server);
        var path = new BackupSet(Backups).List().Backups[0].Path;
        foreach (var name in Backup.FilesIn(path).Where(name => name is not Backup.SumsName).ToList())
        {
            var file = Path.Combine(path, name);
            var bytes = await File.ReadAllBytesAsync(file);
            if (bytes.Length == 0)
            {
                continue;
            }

            await File.WriteAllBytesAsync(file, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
            // Its own description may be no description any more; then there is no whole backup.
            if (name != Backup.DescriptionName)
            {
                Assert.Contains($"{name}' is not what was written", Assert.Single(await VerifyAsync(server, "")), StringComparison.Ordinal);
            }

            File.Delete(file);
            if (name != Backup.DescriptionName)
            {
                Assert.Contains($"{name}' is missing", Assert.Single(await VerifyAsync(server, "")), StringComparison.Ordinal);
            }
            else
            {
                Assert.Contains("no whole backup", Assert.Single((await Client(server).ListBackupsAsync(new(), server.Authorized)).Problems), StringComparison.Ordinal);
            }

            await File.WriteAllBytesAsync(file, bytes);
        }

        await File.WriteAllTextAsync(Path.Combine(path, "insights", "other.bin"), "");
        Assert.Contains("not one of its files", Assert.Single(await VerifyAsync(server, "")), StringComparison.Ordinal);
        File.Delete(Path.Combine(path, "insights", "other.bin"));
        var sums = await File.ReadAllTextAsync(Path.Combine(path, Backup.SumsName));
        await File.WriteAllTextAsync(Path.Combine(path, Backup.SumsName), sums[..(sums.Length / 2)]);
        Assert.NotEmpty(await VerifyAsync(server, ""));
        await File.WriteAllTextAsync(Path.Combine(path, Backup.SumsName), sums.Replace("telemetry.db", "../../telemetry.db", StringComparison.Ordinal));
        Assert.Contains("damaged", Assert.Single(await VerifyAsync(server, "")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_an_owner_may_have_backups_made()
    {
        await using var server = await TestServer.StartAsync(Data, settings: Settings);
        var reader = await server.Access.CreateTokenAsync(new() { Name = "r", Scopes = { Wire.Scope.Read, Wire.Scope.Privacy } }, server.Authorized);

        var refused = await Tokens.RefusedAsync(Client(server).ListBackupsAsync(new(), Tokens.Bearer(reader.Secret)));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    private static string TextOf(Wire.Event happened) => $"{happened.Position.Number} {happened.Report}";

    private static AuditDraft Draft() => Telemetry.Server.Audit.AuditCall.OfServer("Test", "test", TimeProvider.System).Done();

    private string Restore(string data, string? name = null, bool replace = false)
    {
        var set = new BackupSet(Backups);
        BackupRestore.Run(
            set.List().Backups.First(backup => name is null || backup.Name == name), set.ReadErasures(), data, replace, TimeProvider.System.GetUtcNow(), static _ => { }, CancellationToken.None);
        return data;
    }

    private void CopySecrets(string data)
    {
        File.Copy(Path.Combine(Data, "secret.key"), Path.Combine(data, "secret.key"));
        Directory.CreateDirectory(Path.Combine(data, "signing"));
        foreach (var key in Directory.GetFiles(Path.Combine(Data, "signing")))
        {
            File.Copy(key, Path.Combine(data, "signing", Path.GetFileName(key)));
        }
    }

    private static IReadOnlyList<string> Store(string data)
    {
        var output = new StringWriter();
        return StoreCommands.Run(CommandLine.Parse(["--data", data, "--verify"]), output) ? [] : [output.ToString()];
    }

    private static Wire.BackupService.BackupServiceClient Client(TestServer server) => new(server.Native);

    private static async Task<List<Wire.CreateBackupResponse>> CreateAsync(TestServer server)
    {
        using var call = Client(server).CreateBackup(new(), server.Authorized);
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private static async Task<IReadOnlyList<string>> VerifyAsync(TestServer server, string name)
    {
        using var call = Client(server).VerifyBackup(new() { Name = name }, server.Authorized);
        return (await call.ResponseStream.ReadAllAsync().ToListAsync())[^1].Verified.Findings;
    }

    private static async Task<IReadOnlyList<Wire.AuditRecord>> AuditAsync(TestServer server, string action) =>
        [.. (await new Wire.AuditService.AuditServiceClient(server.Native).ListAuditEntriesAsync(new() { Filter = new() { Action = action } }, server.Authorized))
            .Entries.Select(entry => entry.Record)];

    private static async Task<double> KnownAsync(TestServer server) => (await new Wire.InsightsService.InsightsServiceClient(server.Native).QueryAsync(
        new() { Population = new() { Activity = Wire.Activity.Known } }, server.Authorized)).Total.Figures[0].Values[^1];

    private static async Task<List<Wire.Event>> EventsAsync(TestServer server, ulong through)
    {
        using var reader = FeedReader.Open(server, new() { Beginning = new() });
        return await reader.EventsThroughAsync(through);
    }

    private static bool Holds(string directory, byte[] bytes) => BytesOf(directory).AsSpan().IndexOf(bytes) >= 0;

    private static byte[] BytesOf(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(file => Path.GetFileName(file) != DataDirectory.LockName).SelectMany(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        })];

    private static async Task ReportAsync(TestServer server, string url, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await new Wire.ReportingService.ReportingServiceClient(server.Native).SubmitReportAsync(new() { Report = SampleReports.Of(url) });
        }
    }
}
