using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Telemetry.DataFiles;
using Telemetry.Schema;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Audit;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Server.Retention;
using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;
using RoomVox = Telemetry.Contracts.Apps.RoomVox.V1;
using Wire = Telemetry.Contracts.V1;

namespace Bench.Insights;

/// <summary>Two years of a fleet that reports daily, on a real store with a clock of its own: what grows, and what waits.</summary>
internal static class YearsBench
{
    private const int PerCommit = 50;
    private const int DaysPerRow = 30;
    private const int DaysPerErasure = 10;
    private const int DaysPerBackup = 3;
    private const int BackupsKept = 14;

    public static async Task<int> RunAsync(string[] args)
    {
        int Option(string name, int standard) => Array.IndexOf(args, name) is var at and >= 0
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : standard;
        var (installations, days) = (Option("--installations", 5_000), Option("--days", 730));
        var options = new RetentionOptions { ReportDays = Option("--report-days", 396), DailyFactDays = Option("--daily-fact-days", 450) };
        var directory = Directory.CreateTempSubdirectory("telemetry-years-").FullName;
        try
        {
            using var years = new Years(directory, new SteppedClock(), options);
            await years.OpenAsync().ConfigureAwait(false);
            Console.WriteLine("| day | reports kept | database, MB | segments, MB | insights, MB | start, ms | commit p50, ms | p99, ms | longest, ms | p99 while days move, ms | longest, ms "
                + "| p99 while erasing, ms | longest, ms | an erasure, ms | p99 while backing up, ms | longest, ms | a backup, ms | MB new | MB in all |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            for (var day = 1; day <= days; day++)
            {
                await years.LiveADayAsync(installations, day).ConfigureAwait(false);
                if (day % DaysPerRow == 0 || day == days)
                {
                    await years.WriteRowAsync(day).ConfigureAwait(false);
                }
            }

            Console.WriteLine();
            await years.MeasureMovingAsync(day: days, installations, perCommit: PerCommit).ConfigureAwait(false);
            await years.MeasureMovingAsync(day: days, installations, perCommit: 1_000).ConfigureAwait(false);
            await years.CloseAsync().ConfigureAwait(false);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
            Directory.Delete(directory + "-backups", recursive: true);
        }
    }

    private sealed class Years(string directory, SteppedClock clock, RetentionOptions options) : IDisposable
    {
        private readonly Random _random = new(47);
        private readonly List<double> _quiet = [];
        private readonly List<double> _moving = [];
        private readonly List<double> _erasing = [];
        private readonly List<double> _backingUp = [];
        private readonly List<double> _erasures = [];
        private readonly List<(double Ms, long New, long All)> _backups = [];
        private readonly BackupSet _set = new(directory + "-backups");
        private readonly Dictionary<int, Report> _reports = [];
        private AppRegistry _apps = new();
        private LiteDbTelemetryStore _store = null!;
        private FleetProjection _projection = null!;
        private ProjectionFiles _files = null!;
        private ProjectionKeeper _keeper = null!;
        private LogFollower _follower = null!;
        private RetentionSweeper _sweeper = null!;
        private ClockMonitor _monitor = null!;

        public async Task OpenAsync()
        {
            _apps = new AppRegistry();
            _store = LiteDbTelemetryStore.Open(
                new LiteDbStoreOptions { Directory = directory }, _apps, clock, NullLogger<LiteDbTelemetryStore>.Instance);
            _projection = new FleetProjection(_apps, clock);
            _files = new ProjectionFiles(Path.Combine(directory, "insights"), _projection, _apps);
            _files.Load(_store.Reached, _store.EpochOf);
            _keeper = new ProjectionKeeper(_files, _projection, _store, clock, NullLogger<ProjectionKeeper>.Instance);
            _follower = new LogFollower(_store, _projection, _keeper, NullLogger<LogFollower>.Instance);
            await _follower.CatchUpAsync(CancellationToken.None).ConfigureAwait(false);
            _monitor = new ClockMonitor(_store, clock, NullLogger<ClockMonitor>.Instance);
            await _monitor.StartAsync(CancellationToken.None).ConfigureAwait(false);
            _sweeper = new RetentionSweeper(
                _store, _projection, new LicenseBook(_store), new AuditRetention(_store, Options.Create(new AuditOptions()), clock), _monitor, Options.Create(options), clock, NullLogger<RetentionSweeper>.Instance);
        }

        public async Task CloseAsync()
        {
            await _monitor.StopAsync(CancellationToken.None).ConfigureAwait(false);
            _files.Write(all: true);
            await _store.DisposeAsync().ConfigureAwait(false);
            Dispose();
        }

        public void Dispose()
        {
            _sweeper.Dispose();
            _monitor.Dispose();
            _follower.Dispose();
            _keeper.Dispose();
            _projection.Dispose();
        }

        public async Task LiveADayAsync(int installations, int day)
        {
            // The sweep of the day runs beside the first half of its commits.
            var sweep = Task.Run(() => _sweeper.SweepAsync(CancellationToken.None));
            var (commits, beside) = (installations / PerCommit, Task.CompletedTask);
            for (var commit = 0; commit < commits; commit++)
            {
                if (commit == commits / 2)
                {
                    await sweep.ConfigureAwait(false);
                }

                clock.Advance(TimeSpan.FromDays(1) / commits);
                if (commit == commits / 2)
                {
                    beside = day % DaysPerErasure == 0 ? Task.Run(() => EraseAsync(day))
                        : day % DaysPerBackup == 0 ? Task.Run(BackUpAsync)
                        : Task.CompletedTask;
                }

                var batch = Enumerable.Range(commit * PerCommit, PerCommit)
                    // One in a hundred is replaced by a newcomer each month.
                    .Select(place => ReportOf(place, generation: (day + (place % 100 * DaysPerRow)) / (100 * DaysPerRow))).ToList();
                var list = !sweep.IsCompleted ? _moving : beside.IsCompleted ? _quiet : day % DaysPerErasure == 0 ? _erasing : _backingUp;
                var began = Stopwatch.GetTimestamp();
                _store.Commit(batch, new CommitRules(clock.GetUtcNow(), TimeSpan.FromHours(1)));
                list.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            await beside.ConfigureAwait(false);
            await _follower.CatchUpAsync(CancellationToken.None).ConfigureAwait(false);
            _files.Write(all: false);
        }

        /// <summary>Somebody who has reported for as long as reports are kept.</summary>
        private async Task EraseAsync(int day)
        {
            var instance = _reports.Values.ElementAt(day * 7 % _reports.Count).Instance;
            var began = Stopwatch.GetTimestamp();
            if (await _store.EraseAsync(
                instance, "roomvox", (UInt128)day, _ => AuditCall.OfServer("Bench.Erase", "bench", clock).Done(), CancellationToken.None).ConfigureAwait(false) is not null)
            {
                _erasures.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        private async Task BackUpAsync()
        {
            var began = Stopwatch.GetTimestamp();
            using var draft = _set.Begin(clock.GetUtcNow());
            await _keeper.CopyAsync(draft, static _ => { }, CancellationToken.None).ConfigureAwait(false);
            var position = await _store.CopyAsync(draft, static _ => { }, CancellationToken.None).ConfigureAwait(false);
            var backup = draft.Complete(
                (files, bytes, newBytes) => new BackupDescription
                {
                    Time = clock.GetUtcNow(),
                    Position = position.Number,
                    Epoch = position.Epoch,
                    Installations = _store.InstanceCount,
                    SecretCheck = 0,
                    Server = "bench",
                    Files = files,
                    Bytes = bytes,
                    NewBytes = newBytes,
                },
                static _ => { }, CancellationToken.None);
            _set.Keep(BackupsKept);
            _backups.Add((Stopwatch.GetElapsedTime(began).TotalMilliseconds, backup.Description.NewBytes, backup.Description.Bytes));
        }

        /// <summary>What committing and moving a report costs, by how many share a commit; nothing else runs.</summary>
        public async Task MeasureMovingAsync(int day, int installations, int perCommit)
        {
            const int Days = 4;
            await _sweeper.SweepAsync(CancellationToken.None).ConfigureAwait(false);
            var (process, committing) = (Process.GetCurrentProcess(), TimeSpan.Zero);
            var reports = new List<Report>();
            for (var i = 0; i < Days; i++)
            {
                reports.Clear();
                reports.AddRange(Enumerable.Range(0, installations).Select(place => ReportOf(place, generation: (day + (place % 100 * DaysPerRow)) / (100 * DaysPerRow))));
                clock.Advance(TimeSpan.FromDays(1));
                process.Refresh();
                var before = process.TotalProcessorTime;
                foreach (var batch in reports.Chunk(perCommit))
                {
                    _store.Commit(batch, new CommitRules(clock.GetUtcNow(), TimeSpan.Zero));
                }

                process.Refresh();
                committing += process.TotalProcessorTime - before;
            }

            await _follower.CatchUpAsync(CancellationToken.None).ConfigureAwait(false);
            clock.Advance(TimeSpan.FromDays(1));
            process.Refresh();
            var (began, start) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            await _sweeper.SweepAsync(CancellationToken.None).ConfigureAwait(false);
            process.Refresh();
            var count = (double)installations * Days;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{perCommit} reports a commit: {committing.TotalMicroseconds / count:0.00} µs CPU a report to commit, "
                + $"{(process.TotalProcessorTime - start).TotalMicroseconds / count:0.00} µs to move, in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms."));
        }

        public async Task WriteRowAsync(int day)
        {
            await CloseAsync().ConfigureAwait(false);
            var began = Stopwatch.GetTimestamp();
            await OpenAsync().ConfigureAwait(false);
            var start = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            double Size(string pattern, SearchOption where) => Directory.GetFiles(directory, pattern, where).Sum(path => new FileInfo(path).Length) / 1e6;
            var database = Size("telemetry*", SearchOption.TopDirectoryOnly);
            var segments = Size("*.segment", SearchOption.AllDirectories);
            var insights = Size("*.bin", SearchOption.AllDirectories);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {day} | {_store.Current.Number - _store.OldestNumber + 1:N0} | {database:0} | {segments:0} | {insights:0.0} | {start:0} | "
                + $"{At(_quiet, 0.5):0.00} | {At(_quiet, 0.99):0.0} | {At(_quiet, 1):0.0} | {At(_moving, 0.99):0.0} | {At(_moving, 1):0.0} | "
                + $"{At(_erasing, 0.99):0.0} | {At(_erasing, 1):0.0} | {At(_erasures, 0.5):0} | {At(_backingUp, 0.99):0.0} | {At(_backingUp, 1):0.0} | "
                + $"{At([.. _backups.Select(backup => backup.Ms)], 0.5):0} | {At([.. _backups.Select(backup => backup.New / 1e6)], 0.5):0} | {At([.. _backups.Select(backup => backup.All / 1e6)], 0.5):0} |"));
            foreach (var times in new[] { _quiet, _moving, _erasing, _backingUp, _erasures })
            {
                times.Clear();
            }

            _backups.Clear();
        }

        private static double At(List<double> values, double share)
        {
            values.Sort();
            return values.Count == 0 ? double.NaN : values[Math.Min(values.Count - 1, (int)(values.Count * share))];
        }

        private Report ReportOf(int place, int generation)
        {
            var key = (generation * 1_000_000) + place;
            if (!_reports.TryGetValue(key, out var report))
            {
                _reports[key] = report = Make(key);
                _reports.Remove(key - 1_000_000);
            }

            var id = new byte[16];
            _random.NextBytes(id);
            return report with { ReportId = new Guid(id), ContentTag = (ulong)_random.NextInt64() };
        }

        private Report Make(int installation)
        {
            var wire = new Wire.Report
            {
                ReportId = Guid.NewGuid().ToString("D"),
                InstanceHash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(installation))),
                App = "roomvox",
                AppVersion = $"1.{installation % 7}.0",
                SchemaVersion = 1,
                Environment = new Wire.Environment { NextcloudVersion = "32.0.6.1", PhpVersion = "8.3", Country = "DE", Language = "de", Timezone = "Europe/Berlin" },
                Users = new Wire.Users { Total = (uint)_random.Next(5_000), Active30D = (uint)_random.Next(1_000) },
                Subscription = new Wire.Subscription(),
                Usage = Any.Pack(new RoomVox.Usage { Rooms = (uint)_random.Next(200), RoomGroups = (uint)_random.Next(20) }),
            };
            var submitted = SubmittedReport.FromWire(wire.ToByteArray(), _apps);
            return new Report
            {
                ReportId = submitted.ReportId,
                ContentTag = 0,
                Instance = new InstanceId(new UInt128((ulong)installation * 0x9E3779B97F4A7C15, (ulong)installation * 0xC2B2AE3D27D4EB4F)),
                Schema = submitted.Schema,
                Values = submitted.Values!,
                Body = submitted.Body,
                Claim = new Claim(ClaimVerdict.Community),
                CountrySource = submitted.CountrySource,
            };
        }
    }

    /// <summary>Goes on when told to, by both of its hands.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _ticks = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

        public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);
    }
}
