using System.Globalization;
using Google.Protobuf.Collections;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Commands.Insights;

/// <summary>An answer to a question, for people.</summary>
internal static class AnswerText
{
    private const string Unknown = "unknown";

    /// <summary>What was counted, when, and of how many.</summary>
    public static string HeaderOf(QueryRequest question, QueryResponse answer)
    {
        var point = answer.Points[^1];
        var time = question.Days == 0
            ? $"on {DayOption.TextOf(point.End)}"
            : $"from {DayOption.TextOf(answer.Points[0].Start)} to {DayOption.TextOf(point.End)}";
        var running = point.Unfinished ? ", a day that is not over" : "";
        var count = question.Measures.Count == 0 || question.Measures[0].Kind == MeasureKind.Count
            ? string.Create(CultureInfo.InvariantCulture, $": {Last(answer.Total, 0):N0}")
            : "";
        return $"Installations, {PopulationOf(question.Population)}, {time}{running}{count}. "
            + string.Create(CultureInfo.InvariantCulture, $"True for position {answer.Position.Number}, {answer.Time.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}.");
    }

    public static TextTable TableOf(QueryRequest question, QueryResponse answer) =>
        question.Days == 0 ? GroupsOf(question, answer) : SeriesOf(question, answer);

    /// <summary>A row for each group: its values, figures, and those of the time before.</summary>
    private static TextTable GroupsOf(QueryRequest question, QueryResponse answer)
    {
        var measures = MeasuresOf(question);
        var withShare = question.GroupBy.Count > 0 && measures.Count == 1 && measures[0].Kind == MeasureKind.Count;
        List<TableColumn> columns = [.. question.GroupBy.Select(dimension => new TableColumn(dimension.Field.ToUpperInvariant(), Id: dimension.Field))];
        foreach (var measure in measures)
        {
            columns.Add(ColumnOf(measure));
            if (measure.Field.Length > 0)
            {
                columns.Add(TableColumn.Number("OF", QuestionOptions.NameOf(measure) + ":known"));
            }
        }

        if (withShare)
        {
            columns.Add(TableColumn.Number("SHARE", "share"));
        }

        if (question.Compare)
        {
            columns.AddRange([TableColumn.Number("BEFORE", "previous"), TableColumn.Number("CHANGE", "change")]);
        }

        columns.Add(TableColumn.Bar());
        var table = new TextTable(columns);
        var largest = answer.Groups.Select(group => Last(group, 0)).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        foreach (var group in answer.Groups)
        {
            var figure = Last(group, 0);
            List<TableCell> cells = [.. group.Keys.Select(KeyOf)];
            for (var i = 0; i < measures.Count; i++)
            {
                var known = group.Figures[i].Known.LastOrDefault();
                // A sum over nobody is no zero.
                cells.Add(CellOf(measures[i], measures[i].Field.Length > 0 && known == 0 ? double.NaN : Last(group, i)));
                if (measures[i].Field.Length > 0)
                {
                    cells.Add(TableCell.Count(known));
                }
            }

            if (withShare)
            {
                cells.Add(TableCell.Share(figure / Last(answer.Total, 0)));
            }

            if (question.Compare)
            {
                var before = group.Previous.Count > 0 ? group.Previous[0].Values[^1] : double.NaN;
                cells.AddRange([CellOf(measures[0], before), TableCell.Change(figure, double.IsFinite(before) ? before : null)]);
            }

            cells.Add(TableCell.Bar(figure, largest, group.Keys.Any(key => key.KeyCase is GroupKey.KeyOneofCase.Unknown or GroupKey.KeyOneofCase.NotAsked)));
            table.Add([.. cells]);
        }

        return table;
    }

    /// <summary>A row for each point, a column for each group and measure.</summary>
    private static TextTable SeriesOf(QueryRequest question, QueryResponse answer)
    {
        var measures = MeasuresOf(question);
        var figures = answer.Groups.SelectMany(group => measures.Select((measure, i) => (Group: group, Measure: measure, Index: i))).ToList();
        var isOne = figures.Count == 1;
        List<TableColumn> columns = [new("DAY", Id: "day"), .. figures.Select(figure => TableColumn.Number(
            string.Join(' ', figure.Group.Keys.Select(key => KeyOf(key).Text).Append(measures.Count > 1 || figure.Group.Keys.Count == 0
                ? QuestionOptions.NameOf(figure.Measure).ToUpperInvariant() : "")).Trim()))];
        if (question.Compare && isOne)
        {
            columns.Add(TableColumn.Number("BEFORE", "previous"));
        }

        if (isOne)
        {
            columns.Add(TableColumn.Bar());
        }

        var table = new TextTable(columns);
        var largest = isOne ? answer.Groups[0].Figures[0].Values.Where(double.IsFinite).DefaultIfEmpty(0).Max() : 0;
        for (var point = 0; point < answer.Points.Count; point++)
        {
            List<TableCell> cells =
            [
                answer.Points[point] is var time && time.Unfinished
                    ? new TableCell(DayOption.TextOf(time.End) + " …", DayOption.TextOf(time.End)) : DayOption.TextOf(time.End),
                .. figures.Select(figure => CellOf(figure.Measure, figure.Group.Figures[figure.Index].Values[point])),
            ];
            if (question.Compare && isOne)
            {
                cells.Add(CellOf(measures[0], answer.Groups[0].Previous[0].Values[point]));
            }

            if (isOne)
            {
                cells.Add(TableCell.Bar(answer.Groups[0].Figures[0].Values[point], largest));
            }

            table.Add([.. cells]);
        }

        return table;
    }

    private static string PopulationOf(Population population)
    {
        var what = population.Activity is Activity.Unspecified or Activity.Active
            ? string.Create(CultureInfo.InvariantCulture, $"active in {(population.WindowDays == 0 ? 7 : population.WindowDays)} days")
            : EventText.NameOf(population.Activity);
        var filters = population.Filters.Select(filter => $"{filter.Field}{(filter.Exclude ? "!=" : "=")}{string.Join(',', filter.Values)}");
        return string.Join(", ", [.. population.Apps, what, .. filters]);
    }

    private static RepeatedField<Measure> MeasuresOf(QueryRequest question) =>
        question.Measures.Count > 0 ? question.Measures : [new Measure { Kind = MeasureKind.Count }];

    private static TableColumn ColumnOf(Measure measure) =>
        TableColumn.Number(QuestionOptions.NameOf(measure).ToUpperInvariant(), QuestionOptions.NameOf(measure));

    private static TableCell KeyOf(GroupKey key) => key.KeyCase switch
    {
        GroupKey.KeyOneofCase.Unknown => Unknown,
        GroupKey.KeyOneofCase.NotAsked => "no such field",
        GroupKey.KeyOneofCase.Rest => string.Create(CultureInfo.InvariantCulture, $"rest ({key.Rest} values)"),
        _ => key.Value,
    };

    private static TableCell CellOf(Measure measure, double figure) => measure.Kind switch
    {
        MeasureKind.Share or MeasureKind.CumulativeShare => TableCell.Share(figure),
        MeasureKind.Mean => TableCell.Decimal(figure),
        _ => double.IsFinite(figure) && figure != Math.Floor(figure) ? TableCell.Decimal(figure) : TableCell.Count(figure),
    };

    private static double Last(Group group, int measure) =>
        measure < group.Figures.Count && group.Figures[measure].Values.Count > 0 ? group.Figures[measure].Values[^1] : double.NaN;
}
