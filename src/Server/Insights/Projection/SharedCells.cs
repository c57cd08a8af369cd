namespace Telemetry.Server.Insights.Projection;

/// <summary>A value for each installation, which questions look at while it changes: what changes after a look changes a copy.</summary>
/// <remarks>
/// So a look costs nothing, however much is looked at, and whoever changes never waits for a question to be answered.
/// Threading: looks under the reading side of the projection's gate, everything else under its writing side.
/// </remarks>
internal sealed class SharedCells<T>
    where T : unmanaged
{
    private T[] _cells = [];
    private bool _isLookedAt;

    public SharedCells()
    {
    }

    /// <summary>For what is read from files.</summary>
    public SharedCells(ReadOnlySpan<T> cells) => _cells = cells.ToArray();

    public int Length => _cells.Length;

    public T this[int index]
    {
        get => _cells[index];
        set
        {
            if (_isLookedAt)
            {
                _cells = (T[])_cells.Clone();
                _isLookedAt = false;
            }

            _cells[index] = value;
        }
    }

    public ReadOnlySpan<T> Span => _cells;

    /// <summary>The cells as they are now, for as long as one likes.</summary>
    public T[] Look()
    {
        _isLookedAt = true;
        return _cells;
    }

    /// <summary>Sets a cell that no look is about yet.</summary>
    public void SetNew(int index, T value) => _cells[index] = value;

    /// <summary>The same cells, for somebody who only reads.</summary>
    public SharedCells<T> Share()
    {
        _isLookedAt = true;
        return new SharedCells<T> { _cells = _cells, _isLookedAt = true };
    }

    public void Resize(int length)
    {
        if (length != _cells.Length)
        {
            Array.Resize(ref _cells, length);
            _isLookedAt = false;
        }
    }
}
