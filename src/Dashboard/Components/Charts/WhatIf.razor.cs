using System.Globalization;
using Microsoft.AspNetCore.Components;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Components.Export;

namespace Telemetry.Dashboard.Components.Charts;

/// <summary>The support matrix with a line that can be moved: what if these versions are dropped?</summary>
/// <remarks>
/// Two range inputs and the versions in the table's head move it, for keys and fingers; dragging the line is the third way.
/// The table follows at once, the sentence and the caller when the hand has rested for 200 ms.
/// </remarks>
public sealed partial class WhatIf : Chart
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource _gone = new();
    private MatrixLabel[] _columns = [], _rows = [];
    private Steps _steps = new([]);
    private Cut _cut = new();
    private Cut? _given;
    private string _said = "";
    private int _column, _row, _moves;
    private char? _dragging;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    /// <summary>Columns oldest first, rows newest first, unknown last in both.</summary>
    [Parameter, EditorRequired]
    public Matrix Matrix { get; set; } = null!;

    /// <summary>The same cells with people instead of installations.</summary>
    [Parameter]
    public Matrix? People { get; set; }

    /// <summary>Some installations do not say how many people they have.</summary>
    [Parameter]
    public bool PeopleAtLeast { get; set; }

    /// <summary>Whose requirement it is: "RoomVox".</summary>
    [Parameter, EditorRequired]
    public string App { get; set; } = "";

    [Parameter]
    public Cut Cut { get; set; } = new();

    [Parameter]
    public EventCallback<Cut> CutChanged { get; set; }

    protected override void OnParametersSet()
    {
        _columns = [.. Matrix.Columns.Where(column => !column.Unknown)];
        _rows = [.. Matrix.Rows.Where(row => !row.Unknown).Reverse()];
        _steps = Steps.Counts(Matrix.Cells.SelectMany((row, r) => row.Where((_, c) => !Matrix.Rows[r].Unknown && !Matrix.Columns[c].Unknown)).OfType<double>().DefaultIfEmpty(1).Max());
        if (Cut != _given)
        {
            (_given, _cut) = (Cut, Cut);
            _column = Math.Max(0, Array.FindIndex(_columns, column => column.Key == Cut.Column));
            _row = Math.Max(0, Array.FindIndex(_rows, row => row.Key == Cut.Row));
        }
        _said = Say();
        Changed();
    }

    private string Say()
    {
        var result = CutResult.Find(Matrix, _cut);
        return Words.Consequence(App,
            _column == 0 ? null : Words.Requires(Matrix.ColumnName, _columns[_column].Name),
            _row == 0 ? null : Words.Requires(Matrix.RowName, _rows[_row].Name),
            result.Left, result.Of, People is null ? null : CutResult.Find(People, _cut).Left, PeopleAtLeast, result.Unsure);
    }

    private async Task Move(int column, int row)
    {
        _column = Math.Clamp(column, 0, Math.Max(0, _columns.Length - 1));
        _row = Math.Clamp(row, 0, Math.Max(0, _rows.Length - 1));
        _cut = new(_column == 0 ? null : _columns[_column].Key, _row == 0 ? null : _rows[_row].Key);
        var mine = ++_moves;
        StateHasChanged();
        try
        {
            await Task.Delay(Rest, Clock, _gone.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        if (mine == _moves)
        {
            _given = _cut;
            _said = Say();
            Changed();
            await CutChanged.InvokeAsync(_cut);
        }
    }

    private double ColumnDrops(int at) => Enumerable.Range(0, at).Sum(Matrix.ColumnSum);

    private double RowDrops(int at) => Enumerable.Range(0, at).Sum(i => Matrix.RowSum(_rows.Length - 1 - i));

    private void Take(bool edge, bool top) => _dragging = edge ? 'c' : top ? 'r' : null;

    private void Drop() => _dragging = null;

    private Task Drag(int row, int column) => _dragging switch
    {
        'c' when column < _columns.Length && column != _column => Move(column, _row),
        'r' when row < _rows.Length && _rows.Length - row != _row => Move(_column, _rows.Length - row),
        _ => Task.CompletedTask,
    };

    private string CellClass(int row, int column, bool left, bool edge, bool top)
    {
        var value = Matrix.Cells[row][column] ?? 0;
        var style = left ? "left" : Matrix.Rows[row].Unknown || Matrix.Columns[column].Unknown ? "unknown"
            : value == 0 ? "none" : "q" + _steps.Of(value).ToString(CultureInfo.InvariantCulture);
        return style + (edge ? " edge-l" : "") + (top ? " edge-t" : "");
    }

    public override ChartTable Table() => new(Title, [new(Matrix.RowName, Numeric: false), .. Matrix.Columns.Select(column => new ChartColumn($"{Matrix.ColumnName} {column.Name}"))],
        [.. Matrix.Rows.Select(IReadOnlyList<Cell> (row, r) => [new(row.Name, row.Name), .. Matrix.Cells[r].Select(value => Ground.Cell(Words, value, Unit.Count, Formats.Nothing))])]);

    public override string Svg(Palette palette) => SvgPicture.Of(_said.Replace("**", "", StringComparison.Ordinal), HeatScene.Of(Matrix, value => Formats.Count(value), (value, row, column) =>
        row.Unknown || column.Unknown ? "unknown" : value is null or 0 ? "none"
        : IsLeft(row, column) ? "fu" : "q" + _steps.Of(value.Value).ToString(CultureInfo.InvariantCulture)), palette);

    private bool IsLeft(MatrixLabel row, MatrixLabel column) =>
        CutResult.DropsRow(Matrix, _cut, Matrix.Rows.ToList().IndexOf(row)) || CutResult.DropsColumn(Matrix, _cut, Matrix.Columns.ToList().IndexOf(column));

    protected override void Close()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
