using System.Runtime.InteropServices;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Which database page each frame of a log holds, and its checksum.</summary>
/// <remarks>Not safe for several threads; its log locks.</remarks>
internal sealed class LogPages
{
    private readonly List<Frame> _frames = [];
    private int _firstUnconfirmed;

    /// <summary>Notes the next frame.</summary>
    public void Add(uint page, uint transaction, bool confirmed, ulong checksum)
    {
        _frames.Add(new Frame(page, transaction, Counts: false, checksum));
        if (!confirmed)
        {
            return;
        }

        // Frames of a transaction that was given up may lie between: they are in no version of the database.
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

    public ulong ChecksumOf(int frame) => _frames[frame].Checksum;

    /// <summary>The frame that holds the newest version of each page, by page.</summary>
    public SortedList<uint, int> FindNewest()
    {
        var newest = new Dictionary<uint, int>();
        for (var i = 0; i < _frames.Count; i++)
        {
            if (_frames[i].Counts)
            {
                newest[_frames[i].Page] = i;
            }
        }

        return new SortedList<uint, int>(newest);
    }

    private readonly record struct Frame(uint Page, uint Transaction, bool Counts, ulong Checksum);
}

/// <summary>How far the frames of a log go, and the checksum of the last one, which stands for all before it.</summary>
internal readonly record struct FrameChain(int Frames, ulong Checksum);
