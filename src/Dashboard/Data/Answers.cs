using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components;
using Telemetry.Dashboard.Components.Data;

namespace Telemetry.Dashboard.Data;

/// <summary>Answers as charts take them.</summary>
public static class Answers
{
    /// <summary>The figure of a group's measure at its last point; nothing where there is none.</summary>
    public static double? Last(this Group? group, int measure = 0) => group is null || group.Figures.Count <= measure ? null : Known(group.Figures[measure].Values.LastOrDefault(double.NaN));

    public static double? Before(this Group? group, int measure = 0) =>
        group is null || group.Previous.Count <= measure ? null : Known(group.Previous[measure].Values.LastOrDefault(double.NaN));

    public static double? First(this Group? group, int measure = 0) =>
        group is null || group.Figures.Count <= measure ? null : group.Figures[measure].Values.Select(Known).FirstOrDefault(value => value is not null);

    /// <summary>A group's name: its value, how many values it folds, or why it has none.</summary>
    public static string NameOf(GroupKey key, Names names, Words words, string field) => key.KeyCase switch
    {
        GroupKey.KeyOneofCase.Value => names.Value(field, key.Value),
        GroupKey.KeyOneofCase.Rest => words.MoreValues((int)key.Rest),
        GroupKey.KeyOneofCase.NotAsked => words.NotAsked,
        _ => words.Unknown,
    };

    public static BarKind KindOf(GroupKey key) => key.KeyCase switch
    {
        GroupKey.KeyOneofCase.Value => BarKind.Ordinary,
        GroupKey.KeyOneofCase.Rest => BarKind.Rest,
        _ => BarKind.Unknown,
    };

    /// <summary>What a filter takes; nothing for what is folded or was not asked.</summary>
    public static string? FilterOf(GroupKey key) => key.KeyCase switch
    {
        GroupKey.KeyOneofCase.Value => key.Value,
        GroupKey.KeyOneofCase.Unknown => "",
        _ => null,
    };

    /// <summary>One dimension at the last point.</summary>
    public static IReadOnlyList<Bar> Bars(QueryResponse answer, Names names, Words words, string field, int measure = 0) =>
    [
        .. answer.Groups.Select(group => new Bar(
            NameOf(group.Keys[0], names, words, field), group.Last(measure) ?? 0, FilterOf(group.Keys[0]), group.Before(measure)) { Kind = KindOf(group.Keys[0]) }),
    ];

    /// <summary>One dimension over time; the largest six keep their color, the rest is grey.</summary>
    public static IReadOnlyList<Series> Lines(QueryResponse answer, Names names, Words words, string field, int measure = 0) =>
    [
        .. answer.Groups.Select(group => new Series(
            group.Keys.Count == 0 ? words.All : NameOf(group.Keys[0], names, words, field), Values(answer, group.Figures, measure))
        {
            Kind = group.Keys.Count == 0 ? SeriesKind.Category : KindOf(group.Keys[0]) switch
            {
                BarKind.Rest => SeriesKind.Rest,
                BarKind.Unknown => SeriesKind.Unknown,
                _ => SeriesKind.Category,
            },
            Before = group.Previous.Count > measure && answer.PreviousPoints.Any(point => !point.Unknown) ? Previous(answer, group.Previous, measure) : null,
        }),
    ];

    /// <summary>All installations over time, as one line.</summary>
    public static Series Line(QueryResponse answer, string name, int measure = 0) => new(name, Values(answer, answer.Total.Figures, measure))
    {
        Before = answer.Total.Previous.Count > measure && answer.PreviousPoints.Any(point => !point.Unknown) ? Previous(answer, answer.Total.Previous, measure) : null,
    };

    /// <summary>Two dimensions at the last point, each in the order of the answer, unknown last.</summary>
    public static Matrix Matrix(QueryResponse answer, Names names, Words words, string rowField, string columnField, int measure = 0)
    {
        var rows = Labels(answer, names, words, rowField, 0);
        var columns = Labels(answer, names, words, columnField, 1);
        var cells = rows.Select(_ => new double?[columns.Count]).ToArray();
        foreach (var line in cells)
        {
            Array.Fill(line, 0);
        }

        foreach (var group in answer.Groups.Where(group => group.Keys.Count == 2))
        {
            var row = rows.FindIndex(label => label.Name == NameOf(group.Keys[0], names, words, rowField));
            var column = columns.FindIndex(label => label.Name == NameOf(group.Keys[1], names, words, columnField));
            cells[row][column] = (cells[row][column] ?? 0) + group.Last(measure);
        }

        return new(names.Field(rowField), names.Field(columnField), rows, columns, cells);
    }

    /// <summary>A dimension's values with their counts, unknown last.</summary>
    public static IReadOnlyList<FilterValue> Values(QueryResponse answer, Names names, Words words, string field) =>
    [
        .. answer.Groups.Where(group => FilterOf(group.Keys[0]) is not null).Select(group =>
            new FilterValue(FilterOf(group.Keys[0])!, NameOf(group.Keys[0], names, words, field), group.Last(), FilterOf(group.Keys[0])!.Length == 0)),
    ];

    /// <summary>The points of a series along a chart.</summary>
    public static Axis Axis(QueryResponse answer, Words words, Step step)
    {
        var first = answer.Points[0];
        var untilToday = answer.Points[^1].Unfinished;
        return step switch
        {
            Step.Week => Components.Data.Axis.Weeks(words, first.Start.ToDay(), answer.Points.Count, untilToday),
            Step.Month => Components.Data.Axis.Months(words, first.Start.ToDay(), answer.Points.Count, untilToday),
            _ => Components.Data.Axis.Days(words, first.End.ToDay(), answer.Points.Count, untilToday),
        };
    }

    public static int Unfinished(QueryResponse answer) => answer.Points.Count(point => point.Unfinished);

    private static List<MatrixLabel> Labels(QueryResponse answer, Names names, Words words, string field, int at) =>
    [
        .. answer.Groups.Where(group => group.Keys.Count == 2).Select(group => group.Keys[at])
            .DistinctBy(key => NameOf(key, names, words, field))
            .OrderBy(KindOf)
            .Select(key => new MatrixLabel(NameOf(key, names, words, field), FilterOf(key), KindOf(key) == BarKind.Unknown)),
    ];

    private static IReadOnlyList<double?> Values(QueryResponse answer, IList<Figures> figures, int measure) =>
        figures.Count <= measure ? [.. answer.Points.Select(_ => (double?)null)]
            : [.. figures[measure].Values.Select((value, i) => answer.Points[i].Unknown ? null : Known(value))];

    private static IReadOnlyList<double?> Previous(QueryResponse answer, IList<Figures> figures, int measure) =>
        [.. figures[measure].Values.Select((value, i) => answer.PreviousPoints[i].Unknown ? null : Known(value))];

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
