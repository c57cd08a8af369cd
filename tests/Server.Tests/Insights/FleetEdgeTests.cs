using Microsoft.Extensions.Time.Testing;
using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;

namespace Telemetry.Server.Tests.Insights;

/// <summary>Single days on which words change their meaning, which random fleets seldom hit.</summary>
public sealed class FleetEdgeTests : IDisposable
{
    private const int Day = RandomFleet.FirstDay;
    private const long MsPerDay = 86_400_000;

    private static readonly InstanceId Instance = new(7);

    private readonly AppRegistry _apps = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FleetProjection _projection;
    private int _reports;

    public FleetEdgeTests() => _projection = new FleetProjection(_apps, _time);

    public void Dispose() => _projection.Dispose();

    [Theory]
    [InlineData(29, 0)]
    [InlineData(30, 1)]
    [InlineData(59, 1)]
    [InlineData(60, 0)]
    public void An_installation_is_lost_from_its_30th_day_of_silence_to_its_59th(int later, int lost)
    {
        Report(Day, "1.0");
        _time.SetUtcNow(At(Day + 100, 0));

        var (_, _, apps) = new OverviewEngine(_projection).At(null, [], Day + later, 1);

        Assert.Equal(lost, Assert.Single(apps).Counts.Lost);
        Assert.Equal(later < 30 ? 0 : 1, apps[0].Counts.Gone);
    }

    [Fact]
    public void A_value_that_comes_back_within_the_running_day_is_one_run()
    {
        Report(Day, "1.0");
        Report(Day + 1, "2.0", hour: 1);
        Report(Day + 1, "1.0", hour: 2);
        _time.SetUtcNow(At(Day + 1, 3));

        var lane = new TimelineEngine(_projection).Of(Instance, "roomvox", 10)!.Lanes.Single(lane => lane.Field == "app_version");

        Assert.Equal([new Run("1.0", Day, Day + 1)], lane.Runs);
    }

    private static DateTimeOffset At(int day, int hour) => DateTimeOffset.FromUnixTimeMilliseconds(day * MsPerDay).AddHours(hour);

    private void Report(int day, string version, int hour = 0)
    {
        var schema = _apps.Find("roomvox")!;
        var values = schema.NewValues();
        values.Texts[CoreFields.AppVersion] = version;
        var report = new Report
        {
            ReportId = Guid.NewGuid(),
            Instance = Instance,
            Schema = schema,
            Values = values,
            Body = ReportBody.Write(schema, values, counts: null),
            Claim = Claim.Community,
        };
        _projection.Apply(
            [StoredReport.Of(new FeedPosition(1, ++_reports), At(day, hour).ToUnixTimeMilliseconds(), EventKinds.ReportAccepted, 0, report)], [report]);
    }
}
