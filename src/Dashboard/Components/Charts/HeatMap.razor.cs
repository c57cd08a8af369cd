using System.Globalization;
using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>Two dimensions, cohorts, or coverage: a table whose every cell prints its number on one hue.</summary>
/// <remarks>Zero has no fill, unknown is grey, sums stand at the edge; what is not yet or not asked is neither.</remarks>
public sealed partial class HeatMap : Chart
{
    private Steps _steps = new([]);

    [Parameter, EditorRequired]
    public Matrix Matrix { get; set; } = null!;

    [Parameter]
    public HeatMapKind Kind { get; set; }

    /// <summary>What the sizes of cohorts count; installations when left out.</summary>
    [Parameter]
    public string? Measure { get; set; }

    /// <summary>Of the cells of <see cref="HeatMapKind.Counts"/>. Only counts have sums at the edge.</summary>
    [Parameter]
    public Unit Unit { get; set; }

    [Parameter]
    public bool ShowKey { get; set; } = true;

    /// <summary>A row, a column, or both of a cell.</summary>
    [Parameter]
    public EventCallback<(Selection? Row, Selection? Column)> OnSelect { get; set; }

    protected override void OnParametersSet()
    {
        var known = Matrix.Cells.SelectMany((row, r) => row.Where((_, c) => !Matrix.Rows[r].Unknown && !Matrix.Columns[c].Unknown)).OfType<double>().ToArray();
        _steps = Kind == HeatMapKind.Counts ? Steps.Counts(known.DefaultIfEmpty().Max())
            : Kind == HeatMapKind.Coverage ? Steps.Complete
            : Steps.Shares(known.DefaultIfEmpty().Min(), known.DefaultIfEmpty().Max());
        Changed();
    }

    private string CellClass(double? value, MatrixLabel row, MatrixLabel column) => value switch
    {
        null or 0 => "none",
        _ when row.Unknown || column.Unknown => "unknown",
        { } known => "q" + _steps.Of(known).ToString(CultureInfo.InvariantCulture),
    };

    private string Write(double? value) => Kind == HeatMapKind.Counts ? Formats.Value(value, Unit) : Formats.RoundShare(value);

    /// <summary>"PHP 8.3, Nextcloud 34: 515 of 2,591 (19.9%)".</summary>
    private string Explain(double value, MatrixLabel row, MatrixLabel column) => $"{Matrix.RowName} {row.Name}, {Matrix.ColumnName} {column.Name}: "
        + (HasSums ? Words.OfWhole(Write(value), Formats.Value(Matrix.Total, Unit), Formats.Share(value, Matrix.Total))
            : Kind == HeatMapKind.Cohorts ? Words.ShareOf(Write(value), Formats.Count(row.Size)) : Write(value));

    private bool HasSums => Kind == HeatMapKind.Counts && Unit is (Unit.Count or Unit.Bytes);

    private Unit CellUnit => Kind == HeatMapKind.Counts ? Unit : Unit.Share;

    public override ChartTable Table()
    {
        List<ChartColumn> columns = [new(Matrix.RowName, Numeric: false)];
        if (Kind == HeatMapKind.Cohorts)
        {
            columns.Add(new(Measure ?? Words.Count));
        }
        columns.AddRange(Matrix.Columns.Select(column => new ChartColumn(column.Name)));
        var nothing = Kind == HeatMapKind.Cohorts ? Words.NotYet : Kind == HeatMapKind.Coverage ? Words.NotAsked : Formats.Nothing;
        return new(Title, columns, [.. Matrix.Rows.Select(IReadOnlyList<Cell> (row, r) =>
        [
            new(row.Name, row.Name),
            .. Kind == HeatMapKind.Cohorts ? new[] { Ground.Cell(Words, row.Size, Unit.Count, Words.Unknown) } : [],
            .. Matrix.Cells[r].Select(value => Ground.Cell(Words, value, CellUnit, nothing)),
        ])]);
    }

    public override string Svg(Palette palette) => SvgPicture.Of(Title, HeatScene.Of(Matrix, Write, (value, row, column) => CellClass(value, row, column)), palette);
}

public enum HeatMapKind
{
    Counts,

    /// <summary>Shares of a cohort; a cell without a value has not come yet.</summary>
    Cohorts,

    /// <summary>Shares that state a field; a cell without a value is not asked.</summary>
    Coverage,
}

/// <summary>A table of cells as a picture.</summary>
internal static class HeatScene
{
    public static Scene Of(Matrix matrix, Func<double?, string> write, Func<double?, MatrixLabel, MatrixLabel, string> style)
    {
        const double line = 34, head = 24;
        var scene = new Scene(head + line * matrix.Rows.Count);
        var width = 100d / Math.Max(1, matrix.Columns.Count);
        scene.Gutter.Add(new(matrix.RowName, 0, 12));
        for (var c = 0; c < matrix.Columns.Count; c++)
        {
            scene.Labels.Add(new(matrix.Columns[c].Name, (c + 0.5) * width, 16, "quiet", "middle"));
        }
        for (var r = 0; r < matrix.Rows.Count; r++)
        {
            var y = head + line * r;
            scene.Gutter.Add(new(Labels.Short(matrix.Rows[r].Name, 30), 0, y + line / 2));
            for (var c = 0; c < matrix.Columns.Count; c++)
            {
                if (matrix.Cells[r][c] is not { } value)
                {
                    continue;
                }
                var mark = style(value, matrix.Rows[r], matrix.Columns[c]);
                scene.Boxes.Add(new(c * width + 0.15, width - 0.3, y + 1, line - 2, mark is "unknown" ? "sunken" : mark));
                scene.Labels.Add(new(write(value), (c + 0.5) * width, y + line / 2 + 4, mark is ['q', _] ? mark : "quiet", "middle"));
            }
        }
        return scene;
    }
}
