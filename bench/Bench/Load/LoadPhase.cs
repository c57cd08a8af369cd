namespace Bench.Load;

/// <summary>Tells all connections at once whether they warm up, measure or stop.</summary>
internal sealed class LoadPhase
{
    private volatile bool _measuring;
    private volatile bool _stopped;

    public void Measure() => _measuring = true;

    public void Stop() => _stopped = true;

    /// <returns>Whether to go on.</returns>
    public bool Update(Action<bool> measuring)
    {
        measuring(_measuring && !_stopped);
        return !_stopped;
    }
}
