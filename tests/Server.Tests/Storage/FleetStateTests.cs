using System.Buffers;
using Telemetry.Schema;
using Telemetry.Schema.Kinds;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.State;
using Telemetry.Server.Tests.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Storage;

/// <summary>The latest state in columns, and what somebody can do to it who invents what he sends.</summary>
public sealed class FleetStateTests
{
    private const int Strangers = 100_000;

    /// <summary>The apps of the server, and a registered one with every list that somebody could invent values of.</summary>
    private static readonly AppRegistry Apps = new PlannedContract("planned",
    [
        Text(1, "engine", Wire.TextFormat.Version), Text(2, "spoken", Wire.TextFormat.Language), Text(3, "land", Wire.TextFormat.Country),
        Text(4, "zone", Wire.TextFormat.Timezone), new PlannedField("template", 5, Shape.Text) { Labels = ["plain", "modern"] },
        new PlannedField("sizes", 6, Shape.Count64) { Max = 1UL << 53 }, new PlannedField("average", 7, Shape.Decimal) { Decimals = 6 },
        new PlannedField("inside", 8, Shape.Group) { Fields = [Text(1, "version", Wire.TextFormat.Version), Text(2, "written", Wire.TextFormat.Language)] },
    ]).Register();

    private long _number;

    public static TheoryData<string> Slugs => [.. Apps.All.Select(schema => schema.App)];

    [Theory]
    [MemberData(nameof(Slugs))]
    public void A_hundred_thousand_invented_values_in_every_open_list_take_nobody_elses_away_and_their_memory_is_given_back(string app)
    {
        var schema = Apps.Find(app)!;
        var open = schema.Texts.Count(IsOpen);
        var real = Real(schema);
        var fleet = new FleetState(Apps, blockSize: 512);
        Report(fleet, schema, Strangers, real);
        for (var i = 0; i < Strangers; i++)
        {
            Report(fleet, schema, i, Invented(schema, i));
        }

        Report(fleet, schema, Strangers + 1, real);
        AssertReal(fleet, schema, Strangers, Strangers + 1);
        Assert.Equal(Texts(Invented(schema, 77_777), schema), TextsOf(fleet, schema, 77_777));
        Assert.Equal("aaa-AA", LanguageKind.Normalize(Language(0)));
        var invaded = fleet.Held(app);
        Assert.True(invaded.Texts > open * Strangers, $"{invaded.Texts} texts are held");

        // A restart finds every value again, and the same room is enough.
        fleet = Restarted(fleet);
        AssertReal(fleet, schema, Strangers, Strangers + 1);
        Assert.Equal(Texts(Invented(schema, 77_777), schema), TextsOf(fleet, schema, 77_777));
        Assert.Equal(invaded.Texts, fleet.Held(app).Texts);
        Assert.True(fleet.Held(app).CellBytes <= invaded.CellBytes);

        // Nobody can be erased yet: who reports something else leaves what he reported before.
        for (var i = 0; i < 2 * Strangers; i++)
        {
            Report(fleet, schema, i % Strangers, real);
        }

        AssertReal(fleet, schema, 0, 77_777, Strangers, Strangers + 1);
        Report(fleet, schema, Strangers + 2, real);
        AssertReal(fleet, schema, Strangers + 2);
        // As much is held as by a server that starts with what is reported now, and has never seen anything else.
        var fresh = Restarted(fleet).Held(app);
        Assert.Equal(fresh.Texts, fleet.Held(app).Texts);
        AssertAbout(fresh, fleet.Held(app), open);
    }

    [Fact]
    public void Numbers_of_texts_are_given_back_while_others_keep_theirs()
    {
        var codes = new TextCodes();
        var kept = new Dictionary<string, int>();
        for (var i = 0; i < 10_000; i++)
        {
            var code = codes.Take($"text {i}");
            if (i % 100 == 0)
            {
                kept.Add($"text {i}", code);
            }
        }

        Assert.False(codes.IsSparse(rows: 10_000));
        for (var code = 1; code <= 10_000; code++)
        {
            if (!kept.ContainsValue(code))
            {
                codes.Release(code);
            }
        }

        Assert.True(codes.IsSparse(rows: 10_000));
        Assert.False(codes.IsSparse(rows: 10_000_000));
        var moved = codes.Renumber();

        Assert.Equal(100, codes.Count);
        Assert.All(kept, text => Assert.Equal(text.Key, codes[moved[text.Value]]));
        Assert.Equal(Enumerable.Range(1, 100), kept.Values.Select(code => moved[code]).Order());
        Assert.True(codes.Capacity < 500, $"room for {codes.Capacity}");
        Assert.Equal(101, codes.Take("another"));
        Assert.Equal(moved[kept["text 500"]], codes.Take("text 500"));
        codes.Release(moved[kept["text 500"]]);
        Assert.Equal("text 500", codes[moved[kept["text 500"]]]);
        codes.Release(moved[kept["text 500"]]);
        Assert.Null(codes[moved[kept["text 500"]]]);
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

    [Theory]
    [InlineData(255UL, 1)]
    [InlineData(256UL, 2)]
    [InlineData(65_536UL, 4)]
    [InlineData(uint.MaxValue + 1UL, 8)]
    public void A_column_is_narrow_again_when_what_widened_it_is_gone(ulong number, int width)
    {
        var column = new Column();
        column[5] = number;
        for (var i = 0; i < 4_096; i++)
        {
            column[i % 4] = 9;
        }

        Assert.Equal(number, column[5]);
        Assert.Equal(4_096 * width, column.Bytes);
        for (var i = 0; i < 4_096; i++)
        {
            column[5] = 7;
        }

        Assert.Equal(4_096, column.Bytes);
        Assert.Equal((9UL, 7UL, 0UL), (column[3], column[5], column[6]));
    }

    [Fact]
    public void The_pool_of_texts_begins_anew_when_somebody_filled_it()
    {
        var pool = new TextPool();
        for (var i = 0; i < TextPool.MaxTexts; i++)
        {
            pool.Get($"invented {i}");
        }

        Assert.Null(pool.Find("invented 7"u8));
        Assert.Same(pool.Get("everybody's"u8), pool.Get("everybody's"u8));
    }

    private static PlannedField Text(int number, string name, Wire.TextFormat format) => new(name, number, Shape.Text) { Format = format };

    private static bool IsOpen(SchemaField field) => field.IsStored && field.Policy.Format is Wire.TextFormat.Version or Wire.TextFormat.Language;

    private static InstanceId IdOf(int installation) => new(new UInt128((ulong)installation * 0x9E3779B97F4A7C15, (ulong)installation));

    private static void AssertReal(FleetState fleet, ReportSchema schema, params int[] installations) =>
        Assert.All(installations, installation => Assert.Equal(Texts(Real(schema), schema), TextsOf(fleet, schema, installation)));

    /// <summary>But for a part of what the installations themselves take, which is not worth the work.</summary>
    private static void AssertAbout((int, int TextRoom, long CellBytes) fresh, (int, int TextRoom, long CellBytes) now, int open)
    {
        var few = Strangers / 16;
        Assert.True(now.TextRoom <= fresh.TextRoom + (open * 5 * few), $"room for {now.TextRoom} texts, {fresh.TextRoom} after a restart");
        Assert.True(now.CellBytes <= fresh.CellBytes + (open * 4 * few), $"{now.CellBytes} bytes of cells, {fresh.CellBytes} after a restart");
    }

    private static FleetState Restarted(FleetState fleet)
    {
        var restarted = new FleetState(Apps, blockSize: 512);
        var output = new ArrayBufferWriter<byte>();
        for (var slot = 0; slot < fleet.Slots; slot++)
        {
            foreach (var (state, recentIds, owner) in fleet.Slot(slot))
            {
                output.ResetWrittenCount();
                InstanceRecord.Write(output, state, recentIds, owner);
                restarted.Restore(slot, InstanceRecord.Read(output.WrittenMemory));
            }
        }

        Assert.Equal(fleet.Count, restarted.Count);
        return restarted;
    }

    private static IEnumerable<string?> Texts(ReportValues values, ReportSchema schema) =>
        schema.Texts.Where(field => field.IsStored).Select(field => values.Texts[field.Index]);

    private static IEnumerable<string?> TextsOf(FleetState fleet, ReportSchema schema, int installation) =>
        Texts(fleet.Find(IdOf(installation), schema.App)!.Values, schema);

    private static ReportValues Real(ReportSchema schema) => Values(schema, number: _ => 7, text: field => field.Policy.Format switch
    {
        Wire.TextFormat.Version => "1.6.0",
        Wire.TextFormat.Country => "DE",
        Wire.TextFormat.Language => "de",
        Wire.TextFormat.Timezone => "Europe/Berlin",
        _ => field.Labels?.Names[0],
    });

    /// <summary>Versions and languages that nobody has, and every number as large as it may be.</summary>
    private static ReportValues Invented(ReportSchema schema, int number) => Values(
        schema,
        field => field.Values is null && field.Kind != NumberKind.Flag ? field.Max * field.Scale : 1,
        field => field.Policy.Format switch
        {
            Wire.TextFormat.Version => $"{number}.{number}",
            Wire.TextFormat.Language => Language(number),
            _ => null,
        });

    private static ReportValues Values(ReportSchema schema, Func<SchemaField, long> number, Func<SchemaField, string?> text)
    {
        var values = schema.NewValues();
        foreach (var field in schema.Numbers)
        {
            values.Numbers[field.Index] = number(field);
        }

        foreach (var field in schema.Texts.Where(field => field.IsStored))
        {
            values.Texts[field.Index] = text(field);
        }

        return values;
    }

    /// <summary>Three letters and a region, of which nobody knows that there is no such language.</summary>
    private static string Language(int number) => string.Create(6, number, static (text, rest) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = i == 3 ? '-' : (char)((i < 3 ? 'a' : 'A') + (rest % 26));
            rest /= i == 3 ? 1 : 26;
        }
    });

    private void Report(FleetState fleet, ReportSchema schema, int installation, ReportValues values)
    {
        var report = new Report
        {
            ReportId = Guid.NewGuid(),
            Instance = IdOf(installation),
            Schema = schema,
            Values = values,
            // The state is made of the values; the bytes of an empty one cost nothing.
            Body = default,
            Claim = Claim.Community,
            CountrySource = CountrySource.None,
        };
        fleet.Apply([StoredReport.Of(new FeedPosition(1, ++_number), 1, EventKinds.ReportAccepted, 0, report)], [report]);
    }
}
