using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Telemetry.Server.Insights.Files;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;

namespace Telemetry.Server.Tests.Insights;

/// <summary>What was written is read again, after a stop and after a kill, and damage is told.</summary>
public sealed class ProjectionFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-insights").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void After_any_kill_files_and_log_give_the_same_answers() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            var (fleet, random) = (new RandomFleet(seed, installations: 40), new Random(seed));
            var directory = Path.Combine(_directory, seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var projection = new FleetProjection(fleet.Apps, new FakeTimeProvider(fleet.Now));
            var files = new ProjectionFiles(directory, projection, fleet.Apps);
            for (var from = 0; from < fleet.Reports.Count;)
            {
                var batch = fleet.Reports.Skip(from).Take(random.Next(1, 60)).ToList();
                from += batch.Count;
                projection.Apply([.. batch.Select(report => report.Stored)], null);
                if (random.Next(3) == 0)
                {
                    files.Write(all: random.Next(4) == 0);
                }

                if (random.Next(9) == 0)
                {
                    (projection, files) = Restarted(directory, fleet, from);
                }
            }

            files.Write(all: true);
            (projection, _) = Restarted(directory, fleet, fleet.Reports.Count);
            using var whole = QuestionPropertyTests.Project(fleet, fleet.Reports);
            foreach (var question in Questions(fleet))
            {
                var (read, made) = (new QuestionEngine(projection).Ask(question), new QuestionEngine(whole).Ask(question));
                Assert.Equal(Telemetry.Server.Insights.AnswerMapper.ToWire(made), Telemetry.Server.Insights.AnswerMapper.ToWire(read));
            }

            foreach (var report in fleet.Reports.DistinctBy(report => report.Installation))
            {
                var (read, made) = (new TimelineEngine(projection).Of(report.Report.Instance, report.App, 400)!, new TimelineEngine(whole).Of(report.Report.Instance, report.App, 400)!);
                Assert.Equal(made.Reported, read.Reported);
                Assert.Equal(made.Lanes.SelectMany(lane => lane.Runs), read.Lanes.SelectMany(lane => lane.Runs));
            }
        },
        iter: 8, threads: 1);

    [Fact]
    public void After_any_kill_what_was_erased_is_in_no_answer_and_its_pseudonym_in_no_file() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            // A second life is told from the first one by its first report, and who is erased no longer moves the day on.
            var (fleet, random) = (new RandomFleet(seed, installations: 40, isClockSteady: true), new Random(seed));
            var directory = Path.Combine(_directory, "erased-" + seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var projection = new FleetProjection(fleet.Apps, new FakeTimeProvider(fleet.Now));
            var files = new ProjectionFiles(directory, projection, fleet.Apps);
            var erased = new Dictionary<InstanceId, int>();
            for (int from = 0, sequence = 0; from < fleet.Reports.Count;)
            {
                var batch = fleet.Reports.Skip(from).Take(random.Next(1, 60)).ToList();
                from += batch.Count;
                projection.Apply([.. batch.Select(report => report.Stored)], null);
                if (random.Next(3) == 0)
                {
                    files.Write(all: random.Next(4) == 0);
                }

                if (random.Next(6) == 0)
                {
                    var victim = fleet.Reports[random.Next(from)];
                    erased[victim.Report.Instance] = from;
                    projection.Erase(victim.Report.Instance, victim.App, ++sequence);
                    if (random.Next(2) == 0)
                    {
                        files.WriteErased();
                        AssertNoTraceOf(directory, fleet, erased, from);
                    }
                }

                if (random.Next(7) == 0)
                {
                    (projection, files) = Restarted(directory, fleet, from, sequence, erased);
                    if (random.Next(2) == 0)
                    {
                        files.WriteErased();
                        AssertNoTraceOf(directory, fleet, erased, from);
                    }
                }
            }

            files.WriteErased();
            files.Write(all: true);
            AssertNoTraceOf(directory, fleet, erased, fleet.Reports.Count);
            (projection, _) = Restarted(directory, fleet, fleet.Reports.Count, 99, erased);
            using var whole = QuestionPropertyTests.Project(fleet, Left(fleet.Reports, erased));
            foreach (var question in Questions(fleet))
            {
                var (read, made) = (new QuestionEngine(projection).Ask(question), new QuestionEngine(whole).Ask(question));
                var (expected, found) = (Telemetry.Server.Insights.AnswerMapper.ToWire(made), Telemetry.Server.Insights.AnswerMapper.ToWire(read));
                // Numbers of erased reports may be the last ones.
                found.Position = expected.Position;
                Assert.Equal(expected, found);
            }
        },
        iter: 8, threads: 1);

    private static List<FleetReport> Left(IReadOnlyList<FleetReport> reports, Dictionary<InstanceId, int> erased) =>
        [.. reports.Where((report, at) => at >= erased.GetValueOrDefault(report.Report.Instance))];

    private static void AssertNoTraceOf(string directory, RandomFleet fleet, Dictionary<InstanceId, int> erased, int committed)
    {
        var left = Left([.. fleet.Reports.Take(committed)], erased).Select(report => report.Report.Instance).ToHashSet();
        foreach (var path in Directory.GetFiles(directory))
        {
            var content = File.ReadAllBytes(path);
            foreach (var instance in erased.Keys.Where(instance => !left.Contains(instance)))
            {
                Assert.Equal(-1, content.AsSpan().IndexOf(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<InstanceId>(in instance))));
            }
        }
    }

    [Fact]
    public void A_flipped_bit_in_any_file_is_told_and_never_answered_from() => Gen.Int[1, 1_000_000].Sample(
        seed =>
        {
            var (fleet, random) = (new RandomFleet(seed, installations: 15, days: 40), new Random(seed));
            var directory = Path.Combine(_directory, "flip" + seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var projection = QuestionPropertyTests.Project(fleet, fleet.Reports);
            new ProjectionFiles(directory, projection, fleet.Apps).Write(all: true);
            var paths = Directory.GetFiles(directory);
            var path = paths[random.Next(paths.Length)];
            var bytes = File.ReadAllBytes(path);
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);

            using var read = new FleetProjection(fleet.Apps, new FakeTimeProvider(fleet.Now));
            Assert.Throws<InvalidDataException>(() => new ProjectionFiles(directory, read, fleet.Apps).Load(_ => true, _ => 1));
        },
        iter: 40, threads: 1);

    [Fact]
    public void Files_of_another_log_are_not_read()
    {
        var fleet = new RandomFleet(3);
        new ProjectionFiles(_directory, QuestionPropertyTests.Project(fleet, fleet.Reports), fleet.Apps).Write(all: true);

        using var read = new FleetProjection(fleet.Apps, new FakeTimeProvider(fleet.Now));
        Assert.False(new ProjectionFiles(_directory, read, fleet.Apps).Load(position => position.Number < 5, _ => 1));
        Assert.Equal(0, read.Position.Number);
    }

    [Fact]
    public void What_cannot_be_used_is_moved_aside_and_never_deleted()
    {
        var fleet = new RandomFleet(5, installations: 10, days: 20);
        var directory = Path.Combine(_directory, "insights");
        var files = new ProjectionFiles(directory, QuestionPropertyTests.Project(fleet, fleet.Reports), fleet.Apps);
        Assert.Null(files.SetAside());
        files.Write(all: true);
        string[] before = [.. Directory.GetFiles(directory).Select(Path.GetFileName).Order()!];

        Assert.Equal(directory + ".old-1", files.SetAside());
        Assert.False(Directory.Exists(directory));
        Assert.Equal(before, Directory.GetFiles(directory + ".old-1").Select(Path.GetFileName).Order());

        files.Write(all: true);
        Directory.CreateDirectory(directory);
        Assert.Equal(directory + ".old-2", files.SetAside());
    }

    [Fact]
    public void Days_that_were_half_written_leave_no_trace_before_those_that_follow()
    {
        var days = Enumerable.Range(20_000, 4).Select(day => KeptDay.Of("roomvox", 0, day, new ClosedDay(64, [7], [], [], new uint[24]))).ToList();
        DayFile.Append(_directory, days[..1]);

        Assert.Throws<IOException>(() => DayFile.Append(_directory, [days[1], days[2] with { Bytes = new FailingBytes().Memory }]));
        DayFile.Append(_directory, days[3..]);

        Assert.Equal([20_000, 20_003], DayFile.Read(Path.Combine(_directory, DayFile.NameOf(20_000))).Select(day => day.Day));
    }

    private sealed class FailingBytes : System.Buffers.MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(8);

        public override Span<byte> GetSpan() => throw new IOException("There is no space left.");

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    private static (FleetProjection Projection, ProjectionFiles Files) Restarted(
        string directory, RandomFleet fleet, int committed, long erasedThrough = 0, Dictionary<InstanceId, int>? erased = null)
    {
        var projection = new FleetProjection(fleet.Apps, new FakeTimeProvider(fleet.Now)) { ErasedThrough = erasedThrough };
        var left = Left([.. fleet.Reports.Take(committed)], erased ?? []);
        var firstSeen = left.GroupBy(report => report.Report.Instance).ToDictionary(group => group.Key, group => group.First().Ms);
        var files = new ProjectionFiles(directory, projection, fleet.Apps);
        if (!Directory.Exists(directory) || !files.Load(
            position => position.Number <= committed, _ => 1, erasedThrough,
            (_, instance, first) => firstSeen.TryGetValue(instance, out var known) && known <= first))
        {
            files.SetAside();
        }

        // What the log has and the files have not, as the follower reads it.
        projection.Apply([.. left.Where(report => report.Stored.Position.Number > projection.Position.Number).Select(report => report.Stored)], null);
        return (projection, files);
    }

    private static IEnumerable<Question> Questions(RandomFleet fleet) =>
        from activity in Enum.GetValues<Activity>().Where(activity => activity != Activity.None)
        from path in new[] { "app_version", "environment.country", "verdict" }
        select new Question
        {
            Activity = activity,
            GroupBy = [new FieldGrouping(path, 0, StringComparer.Ordinal), new FieldGrouping("app", 0, StringComparer.Ordinal)],
            Days = fleet.Days,
            Step = Step.Day,
        };
}
