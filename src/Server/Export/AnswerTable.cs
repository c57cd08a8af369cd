using System.Globalization;
using Telemetry.Server.Insights.Questions;

namespace Telemetry.Server.Export;

/// <summary>An answer to a question: a row for each group and point.</summary>
internal static class AnswerTable
{
    public static ExportTable Of(Question question, Answer answer)
    {
        List<ExportColumn> columns = [new("start", ExportType.Day), new("end", ExportType.Day), new("unfinished", ExportType.Flag)];
        foreach (var dimension in question.GroupBy)
        {
            columns.Add(new(dimension.Field, ExportType.Text));
            // Without it nobody could tell what is not known from the rest.
            columns.Add(new(dimension.Field + ":key", ExportType.Text));
            columns.Add(new(dimension.Field + ":folded", ExportType.Whole));
        }

        foreach (var measure in question.Measures)
        {
            columns.AddRange(ColumnsOf(measure, ""));
        }

        foreach (var measure in question.Compare ? question.Measures : [])
        {
            columns.AddRange(ColumnsOf(measure, "previous:"));
        }

        // A measure that is asked for twice is one column.
        var kept = columns.Select((column, place) => (column, place)).DistinctBy(pair => pair.column.Name, StringComparer.Ordinal).ToList();
        var rows = answer.Groups.SelectMany(group => answer.Points.Select((_, point) =>
            RowOf(question, answer, group, point) is var row && kept.Count == columns.Count ? row : [.. kept.Select(pair => row[pair.place])]));
        return new ExportTable([.. kept.Select(pair => pair.column)], new[] { rows }.ToAsyncEnumerable());
    }

    private static IEnumerable<ExportColumn> ColumnsOf(Measure measure, string prefix)
    {
        var name = prefix + NameOf(measure);
        yield return new(name, measure.Kind == MeasureKind.Count ? ExportType.Whole : ExportType.Decimal);
        if (measure.IsOfField)
        {
            yield return new(name + ":known", ExportType.Whole);
        }
    }

    /// <summary>As the command line asks for it, e.g. "p90:users.total".</summary>
    private static string NameOf(Measure measure) => measure.Kind switch
    {
        MeasureKind.Count => "count",
        MeasureKind.Share => "share",
        MeasureKind.CumulativeShare => "cumulative_share",
        MeasureKind.Sum => "sum:" + measure.Field,
        MeasureKind.Mean => "mean:" + measure.Field,
        _ => string.Create(CultureInfo.InvariantCulture, $"p{measure.Percentile}:{measure.Field}"),
    };

    private static ExportCell[] RowOf(Question question, Answer answer, Group group, int point)
    {
        var time = answer.Points[point];
        List<ExportCell> row = [ExportCell.Of(time.Start), ExportCell.Of(time.End), ExportCell.Of(time.IsUnfinished)];
        foreach (var key in group.Keys)
        {
            row.Add(ExportCell.Of(key.Value));
            row.Add(ExportCell.Of(key.Kind switch
            {
                GroupKeyKind.Value => "value",
                GroupKeyKind.Unknown => "unknown",
                GroupKeyKind.NotAsked => "not_asked",
                _ => "rest",
            }));
            row.Add(key.Kind == GroupKeyKind.Rest ? ExportCell.Of((long)key.Folded) : default);
        }

        AddFigures(row, question, group.Figures, point);
        if (question.Compare)
        {
            AddFigures(row, question, group.Previous, point);
        }

        return [.. row];
    }

    private static void AddFigures(List<ExportCell> row, Question question, IReadOnlyList<Figures> figures, int point)
    {
        for (var i = 0; i < question.Measures.Count; i++)
        {
            var measure = question.Measures[i];
            var value = i < figures.Count && point < figures[i].Values.Length ? figures[i].Values[point] : double.NaN;
            row.Add(measure.Kind != MeasureKind.Count ? ExportCell.Of(value) : double.IsFinite(value) ? ExportCell.Of((long)value) : default);
            if (measure.IsOfField)
            {
                row.Add(i < figures.Count && point < figures[i].Known.Length ? ExportCell.Of(figures[i].Known[point]) : default);
            }
        }
    }
}
