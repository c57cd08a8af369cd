using Telemetry.Client.State;

namespace Telemetry.Client.Schedule;

/// <summary>Notices within a second that somebody wrote the state, e.g. the command line tool.</summary>
/// <remarks>
/// By looking at the file's time: watchers of the operating system cost a thread, are limited in number and fail on
/// network file systems.
/// </remarks>
internal sealed class StateWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly StateDirectory _directory;
    private readonly Action _changed;
    private readonly ITimer _timer;
    private DateTime _seen;

    public StateWatch(StateDirectory directory, Action changed, TimeProvider time)
    {
        _directory = directory;
        _changed = changed;
        _seen = Look();
        _timer = time.CreateTimer(_ => Compare(), null, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Compare()
    {
        var now = Look();
        if (now != _seen)
        {
            _seen = now;
            _changed();
        }
    }

    private DateTime Look()
    {
        try
        {
            return _directory.StateWrittenAt;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
