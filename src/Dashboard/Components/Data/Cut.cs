namespace Telemetry.Dashboard.Components.Data;

/// <summary>The oldest versions that are still supported; nothing drops nothing.</summary>
public sealed record Cut(string? Column = null, string? Row = null);

/// <summary>Whom a cut leaves behind, and why.</summary>
/// <param name="Left">All of them: known to be too old in at least one dimension.</param>
/// <param name="Partly">Of them, too old in one and unknown in the other.</param>
/// <param name="Unsure">Not left behind as far as can be told: what they do not say could be too old.</param>
public sealed record CutResult(double Left, double Of, double OnlyColumn, double OnlyRow, double Both, double Partly, double Unsure)
{
    /// <param name="matrix">Columns oldest first, rows newest first, unknown last in both.</param>
    public static CutResult Find(Matrix matrix, Cut cut)
    {
        double left = 0, onlyColumn = 0, onlyRow = 0, both = 0, partly = 0, unsure = 0;
        for (var r = 0; r < matrix.Rows.Count; r++)
        {
            for (var c = 0; c < matrix.Columns.Count; c++)
            {
                var count = matrix.Cells[r][c] ?? 0;
                var (column, row) = (DropsColumn(matrix, cut, c), DropsRow(matrix, cut, r));
                var unknown = cut.Column is not null && matrix.Columns[c].Unknown || cut.Row is not null && matrix.Rows[r].Unknown;
                if (column || row)
                {
                    left += count;
                    partly += unknown ? count : 0;
                    both += !unknown && column && row ? count : 0;
                    onlyColumn += !unknown && column && !row ? count : 0;
                    onlyRow += !unknown && row && !column ? count : 0;
                }
                else if (unknown)
                {
                    unsure += count;
                }
            }
        }
        return new(left, matrix.Total, onlyColumn, onlyRow, both, partly, unsure);
    }

    /// <summary>Whether a column is older than the cut.</summary>
    public static bool DropsColumn(Matrix matrix, Cut cut, int column) =>
        cut.Column is not null && !matrix.Columns[column].Unknown && column < Index(matrix.Columns, cut.Column);

    /// <summary>Whether a row is older than the cut.</summary>
    public static bool DropsRow(Matrix matrix, Cut cut, int row) =>
        cut.Row is not null && !matrix.Rows[row].Unknown && Index(matrix.Rows, cut.Row) is >= 0 and var oldest && row > oldest;

    private static int Index(IReadOnlyList<MatrixLabel> labels, string key)
    {
        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i].Key == key && !labels[i].Unknown)
            {
                return i;
            }
        }
        return -1;
    }
}
