using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Components.Data;

namespace Telemetry.Dashboard.Gallery;

/// <summary>Invented figures, the same at every visit: pictures of the gallery are compared.</summary>
internal static class Samples
{
    public static DateOnly Today { get; } = new(2026, 11, 26);

    public static Axis Days(Words words, int count = 90) => Axis.Days(words, Today.AddDays(1 - count), count);

    /// <summary>A walk from one value to another, with a dent where one is wanted.</summary>
    public static IReadOnlyList<double?> Walk(double from, double to, int count = 90, int dent = -1, double deep = 0.02, int seed = 1)
    {
        var state = (uint)seed * 2654435761u;
        return [.. Enumerable.Range(0, count).Select(double? (i) =>
        {
            state = state * 1664525 + 1013904223;
            var noise = (state / (double)uint.MaxValue - 0.5) * 0.006;
            var sunk = dent < 0 ? 0 : deep * Math.Exp(-Math.Pow((i - dent) / 2.6, 2));
            return Math.Round(i == count - 1 ? to : (from + (to - from) * i / (count - 1d)) * (1 + noise - sunk));
        })];
    }

    /// <summary>The same without some days.</summary>
    public static IReadOnlyList<double?> Without(IReadOnlyList<double?> values, int from, int to) =>
        [.. values.Select((value, i) => i >= from && i < to ? null : value)];

    public static IReadOnlyList<Series> Php =>
    [
        new("8.5", [.. Walk(0, 34).Select((v, i) => i < 71 ? 0 : (double?)Math.Round(34 * (i - 70) / 19d))]) { Color = 6 },
        new("8.4", Walk(431, 857, seed: 2)) { Color = 1 },
        new("8.3", Walk(1308, 1554, seed: 3)) { Color = 2 },
        new("8.2", Walk(1187, 1165, seed: 4)) { Color = 3 },
        new("8.1", Walk(806, 542, seed: 5)) { Color = 4 },
        new("8.0", Walk(118, 62, seed: 6)) { Color = 5 },
        new("unknown", Walk(64, 72, seed: 7)) { Kind = SeriesKind.Unknown },
    ];

    public static double?[] New => [62, 58, 71, 66, 96, 88, 74, 81, 70, 77, 92, 118, 84];
    public static double?[] Returned => [9, 7, 6, 8, 11, 9, 5, 48, 8, 9, 7, 10, 6];
    public static double?[] Gone => [31, 28, 35, 30, 29, 33, 102, 38, 27, 31, 36, 41, 20];

    public static IReadOnlyList<Bar> Countries =>
    [
        new("Germany", 3942, "DE", 3705), new("Netherlands", 1386, "NL", 1302), new("France", 1042, "FR", 979), new("Austria", 688, "AT", 647),
        new("Switzerland", 611, "CH", 574), new("Belgium", 402, "BE", 378), new("Italy", 377, "IT", 354),
        new("unknown", 97, "", 91) { Kind = BarKind.Unknown }, new("31 more countries", 2105) { Kind = BarKind.Rest },
    ];

    public static Matrix Platforms => new("Nextcloud", "PHP",
        [.. Enumerable.Range(28, 6).Reverse().Select(v => new MatrixLabel($"{v}", $"{v}")), new("unknown", "", true)],
        [.. Enumerable.Range(0, 6).Select(v => new MatrixLabel($"8.{v}", $"8.{v}")), new("unknown", "", true)],
        [
            [0, 0, 61, 212, 318, 24, 4], [0, 0, 402, 744, 411, 9, 11], [0, 138, 386, 401, 96, 0, 8], [0, 163, 181, 102, 11, 0, 6],
            [19, 148, 74, 28, 0, 0, 5], [41, 62, 19, 4, 0, 0, 3], [2, 31, 42, 63, 21, 1, 35],
        ]);

    public static Matrix Survival => new("First report", "Months since",
        [new("May 26", Size: 170), new("Jun 26", Size: 156), new("Jul 26", Size: 162), new("Aug 26", Size: 149), new("Sep 26", Size: 178), new("Oct 26", Size: 203), new("Nov 26", Size: 188)],
        [.. Enumerable.Range(1, 6).Select(i => new MatrixLabel(i == 1 ? "after 1" : $"{i}"))],
        [
            [.96, .93, .91, .89, .88, .87], [.95, .92, .90, .88, .86, null], [.96, .94, .92, .90, null, null],
            [.94, .91, .88, null, null, null], [.95, .92, null, null, null, null], [.93, null, null, null, null, null], [null, null, null, null, null, null],
        ]);

    public static Matrix Coverage => new("Field", "App",
        [new("Country"), new("PHP version"), new("Web server"), new("People"), new("Rooms")],
        [new("RoomVox"), new("FormVox"), new("MetaVox"), new("IntraVox"), new("IntroVox")],
        [[.98, .99, .97, .99, .98], [.94, .99, .98, .99, 1], [.31, .28, .30, .44, .29], [.96, .95, .94, .91, null], [.99, null, null, null, null]]);

    public static Matrix People => Platforms with { Cells = [.. Platforms.Cells.Select(IReadOnlyList<double?> (row) => [.. row.Select(count => count * 88)])] };

    public static IReadOnlyList<Place> Places =>
    [
        new("DE", "Germany", 3942, 3705), new("NL", "Netherlands", 1386, 1302), new("FR", "France", 1042, 979), new("AT", "Austria", 688, 647), new("CH", "Switzerland", 611, 574),
        new("BE", "Belgium", 402), new("IT", "Italy", 377), new("ES", "Spain", 341), new("PL", "Poland", 218), new("SE", "Sweden", 197), new("DK", "Denmark", 164), new("GB", "United Kingdom", 158),
        new("US", "United States", 124), new("NO", "Norway", 98), new("CA", "Canada", 57), new("BR", "Brazil", 52), new("JP", "Japan", 38), new("AU", "Australia", 33), new("IN", "India", 14),
        new("ZA", "South Africa", 9), new("CL", "Chile", 3), new("MT", "Malta", 2), new("", "unknown", 97, Kind: BarKind.Unknown),
    ];

    public static IReadOnlyList<Lane> Lanes =>
    [
        new("App version", [new(0, 111, "1.3.1"), new(111, 174, "1.4.0"), new(174, 192, null), new(192, 270, "1.5.0"), new(270, 300, "1.6.2")]),
        new("Nextcloud", [new(0, 102, "30.0.9"), new(102, 174, "31.0.2"), new(174, 192, null), new(192, 264, "31.0.7"), new(264, 300, "31.0.8")]),
        new("PHP", [new(0, 174, "8.1"), new(174, 192, null), new(192, 300, "8.2")]),
        new("Country", [new(0, 174, "United Kingdom"), new(174, 192, null), new(192, 300, "United Kingdom")]),
        new("Claim", [new(0, 174, "verified"), new(174, 192, null), new(192, 277, "verified"), new(277, 300, "refused")]),
    ];

    public static IReadOnlyList<DayMark> DayMarks { get; } =
        [.. Enumerable.Range(0, 300).Select(i => i is >= 174 and < 192 or 40 or 121 ? DayMark.None : i == 205 ? DayMark.Twice : i >= 277 ? DayMark.Refused : DayMark.Report)];
}
