using System.Runtime.InteropServices;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Which database page each frame of the log holds, and which frames a later one replaces.</summary>
/// <remarks>Not safe for several threads; its stream locks.</remarks>
internal sealed class LogPages
{
    private readonly List<Frame> _frames = [];
    private readonly Dictionary<uint, int> _newest = [];
    private int _firstUnconfirmed;
    private bool _findingReplaced;

    /// <summary>Notes the next frame.</summary>
    public void Add(uint page, uint transaction, bool confirmed)
    {
        _frames.Add(new Frame(page, transaction, Counts: false));
        if (!confirmed)
        {
            return;
        }

        // Frames of a transaction that was given up may lie between: they neither replace nor are replaced.
        var frames = CollectionsMarshal.AsSpan(_frames)[_firstUnconfirmed..];
        foreach (ref var frame in frames)
        {
            frame = frame with { Counts = frame.Transaction == transaction };
        }

        _firstUnconfirmed = _frames.Count;
    }

    public void CutTo(int frames)
    {
        _frames.RemoveRange(frames, _frames.Count - frames);
        _firstUnconfirmed = Math.Min(_firstUnconfirmed, frames);
    }

    public void FindReplaced()
    {
        for (var i = 0; i < _frames.Count; i++)
        {
            if (_frames[i].Counts)
            {
                _newest[_frames[i].Page] = i;
            }
        }

        _findingReplaced = true;
    }

    public void ForgetReplaced()
    {
        _findingReplaced = false;
        _newest.Clear();
    }

    /// <summary>Whether a later frame holds the same page; asked during a checkpoint only.</summary>
    public bool IsReplaced(long frame) => _findingReplaced && frame < _frames.Count
        && _frames[(int)frame] is { Counts: true } held && _newest[held.Page] > frame;

    private readonly record struct Frame(uint Page, uint Transaction, bool Counts);
}
