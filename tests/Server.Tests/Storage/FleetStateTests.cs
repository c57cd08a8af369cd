using System.Globalization;
using Google.Protobuf;
using Telemetry.Server.Ingestion;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Server.Storage.State;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Storage;

/// <summary>The latest state in columns, and what somebody can do to it who invents what he sends.</summary>
public sealed class FleetStateTests
{
    private const int Strangers = 100_000;

    private static readonly AppRegistry Apps = new();

    private readonly FleetState _fleet = new(Apps, blockSize: 512);
    private long _number;

    [Fact]
    public void A_hundred_thousand_invented_texts_take_nobody_elses_away_and_are_given_back()
    {
        Report(Strangers, "1.6.0", "de", "Europe/Berlin");
        for (var i = 0; i < Strangers; i++)
        {
            Report(i, $"{i}.{i}", Language(i), "");
        }

        // A version that nobody had before.
        Report(Strangers + 1, "2.0.0", "nl", "Europe/Amsterdam");

        Assert.Equal(("1.6.0", "de", "Europe/Berlin"), TextsOf(Strangers));
        Assert.Equal(("2.0.0", "nl", "Europe/Amsterdam"), TextsOf(Strangers + 1));
        Assert.Equal(("77777.77777", Language(77_777), ""), TextsOf(77_777));
        Assert.True(_fleet.TextsHeld(SampleReports.App) > Strangers);

        for (var i = 0; i < Strangers; i++)
        {
            Report(i, "1.6.0", "de", "");
        }

        Assert.True(_fleet.TextsHeld(SampleReports.App) < 20, $"{_fleet.TextsHeld(SampleReports.App)} texts are held");
        Report(Strangers + 2, "3.0.0", "fr", "");
        Assert.Equal(("3.0.0", "fr", ""), TextsOf(Strangers + 2));
        Assert.Equal(Strangers + 3, _fleet.Count);
    }

    [Fact]
    public void A_column_holds_every_number_and_widens_without_losing_one()
    {
        var column = new Column();
        ulong[] numbers = [0, 1, 255, 256, 65_535, 65_536, uint.MaxValue, uint.MaxValue + 1UL, long.MaxValue];
        for (var i = 0; i < 40_000; i++)
        {
            column[i] = numbers[i * numbers.Length / 40_000];
        }

        for (var i = 0; i < 40_000; i++)
        {
            Assert.Equal(numbers[i * numbers.Length / 40_000], column[i]);
        }

        Assert.Equal(0UL, column[1_000_000]);
    }

    /// <summary>Of three letters, of which nobody knows that no language has them.</summary>
    private static string Language(int number) => string.Create(3, number, static (text, rest) =>
    {
        for (var i = 0; i < text.Length; i++, rest /= 26)
        {
            text[i] = (char)('a' + (rest % 26));
        }
    });

    private static InstanceId IdOf(int installation) => new(new UInt128((ulong)installation * 0x9E3779B97F4A7C15, (ulong)installation));

    private (string Version, string Language, string Timezone) TextsOf(int installation)
    {
        var state = _fleet.Find(IdOf(installation), SampleReports.App)!;
        var report = ReportBody.Write(state.Schema, state.Values, counts: null).ToMessage(state.Schema);
        return (report.AppVersion, report.Environment.Language, report.Environment.Timezone);
    }

    private void Report(int installation, string version, string language, string timezone)
    {
        var message = new Wire.Report
        {
            ReportId = Guid.NewGuid().ToString("D"),
            InstanceHash = SampleReports.HashOf(installation.ToString(CultureInfo.InvariantCulture)),
            App = SampleReports.App,
            AppVersion = version,
            Environment = new Wire.Environment { Language = language, Timezone = timezone },
            Usage = SampleReports.Of().Usage,
        };
        var read = SubmittedReport.FromWire(message.ToByteArray(), Apps);
        var report = new Report
        {
            ReportId = read.ReportId,
            Instance = IdOf(installation),
            Schema = read.Schema,
            Values = read.Values!,
            Body = read.Body,
            Claim = Claim.Community,
            CountrySource = read.CountrySource,
        };
        _fleet.Apply([StoredReport.Of(new FeedPosition(1, ++_number), 1, EventKinds.ReportAccepted, 0, report)], [report]);
    }
}
