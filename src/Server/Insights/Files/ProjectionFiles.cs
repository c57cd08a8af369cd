using System.Globalization;
using Telemetry.DataFiles;
using Telemetry.Schema;
using Telemetry.Server.Insights.Projection;
using Telemetry.Server.Model;

namespace Telemetry.Server.Insights.Files;

/// <summary>The projection's files: a chunk's state in one each, days that are over by month, and what holds them together.</summary>
/// <remarks>
/// Written in the order in which they need each other: days, values, chunks, the list of chunks. Each chunk is complete up to
/// its own position, so one at a time is written while the others go on; what came since is read from the log again.
/// Threading: one thread.
/// </remarks>
internal sealed class ProjectionFiles(string directory, FleetProjection projection, AppRegistry apps)
{
    private const string ListName = "fleet.bin";
    private const string ValuesName = "values.bin";

    /// <summary>By file name: up to which event what is in it is complete.</summary>
    private readonly Dictionary<string, long> _through = new(StringComparer.Ordinal);

    private (long Count, int Generation) _valuesWritten = (-1, 0);
    private int _oldestWritten = int.MinValue;

    /// <summary>Whether files of days may hold what was erased.</summary>
    private bool _hasStaleDays;

    /// <summary>Reads what is there.</summary>
    /// <param name="reached">Whether the log ever reached a position, and so whether the files belong to it.</param>
    /// <param name="epochOf">The epoch of a number of the log.</param>
    /// <param name="erasedThrough">The newest erasure of the store.</param>
    /// <param name="isKnown">
    /// Whether the store has an installation whose first report is as old: what it does not know was erased, where files do not
    /// know of that erasure yet.
    /// </param>
    /// <returns>False when there is nothing, or something of another log.</returns>
    /// <exception cref="InvalidDataException">Something is not what was written.</exception>
    public bool Load(
        Predicate<FeedPosition> reached, Func<long, ulong> epochOf, long erasedThrough = 0, Func<string, InstanceId, long, bool>? isKnown = null)
    {
        if (CheckedFile.Read(Path.Combine(directory, ListName)) is not { } listed)
        {
            return false;
        }

        var list = new ByteReader(listed.Span);
        var position = new FeedPosition(list.Value<ulong>(), list.Value<long>());
        var (oldestDay, generation, runningDay) = (list.Value<int>(), list.Value<int>(), list.Value<int>());
        if (!reached(position))
        {
            return false;
        }

        var read = ReadValues();
        var days = Directory.GetFiles(directory, "days-*.bin").Order(StringComparer.Ordinal).SelectMany(DayFile.Read)
            .ToLookup(day => (day.App, day.Chunk));
        var through = position.Number;
        for (var count = list.Value<int>(); count > 0; count--)
        {
            var (app, index, known, isClean) = (list.Text(), list.Value<int>(), list.Value<long>(), list.Value<bool>());
            var name = NameOf(app, index);
            var record = ChunkRecord.Read(CheckedFile.Read(Path.Combine(directory, name)) ?? throw new InvalidDataException($"{name} is missing"));
            _hasStaleDays |= record.Complete([.. days[(app, index)]], oldestDay);
            if (isClean && record.Through == known)
            {
                // Nothing came since it was written, so it is complete up to where the others are.
                record.Chunk.BeginDay(runningDay);
                _through[name] = position.Number;
            }
            else
            {
                _through[name] = record.Through;
            }

            through = Math.Min(through, _through[name]);
            read[app].Restore(record.Chunk);
        }

        // The list says so only once everything else was written.
        if (isKnown is not null && (list.IsAtEnd ? 0 : list.Value<long>()) < erasedThrough)
        {
            foreach (var app in read.Values)
            {
                app.EraseUnknown((instance, firstSeenMs) => isKnown(app.App, instance, firstSeenMs));
            }
        }

        projection.Restore(new FeedPosition(epochOf(through), through), oldestDay, generation, read.Values);
        _oldestWritten = oldestDay;
        return true;
    }

    /// <summary>Moves everything aside, to begin anew: what is damaged or of another log may be all that tells of some days.</summary>
    /// <returns>Where it is now; null when there was nothing.</returns>
    public string? SetAside()
    {
        var aside = directory;
        for (var number = 1; Directory.Exists(aside); number++)
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{directory}.old-{number}");
        }

        if (aside != directory)
        {
            Directory.Move(directory, aside);
        }

        _through.Clear();
        (_valuesWritten, _oldestWritten, _hasStaleDays) = ((-1, 0), int.MinValue, false);
        return aside == directory ? null : aside;
    }

    /// <summary>Writes days that are over and not written yet, and the chunk that waits the longest, or all.</summary>
    /// <exception cref="IOException">They are not all written; what was written before is as it was.</exception>
    public void Write(bool all)
    {
        DurableFile.CreateDirectory(directory);
        WriteDays();
        var dirty = projection.Read((apps, _) => apps.SelectMany(app => app.Chunks.Select((chunk, index) => (app.App, Index: index, Chunk: chunk)))
            .Where(item => item.Chunk.IsDirty).OrderBy(item => _through.GetValueOrDefault(NameOf(item.App, item.Index))).ToList());
        // One that has no file yet would be missing in the list, and what it knows would not be read from the log again.
        foreach (var (app, index, chunk) in dirty.Where((item, place) => all || place == 0 || item.Chunk.IsErasureUnwritten || !_through.ContainsKey(NameOf(item.App, item.Index))))
        {
            WriteChunk(app, index, chunk);
        }

        if (dirty.Count > 0 || projection.OldestDay != _oldestWritten)
        {
            WriteList();
        }

        DropStaleDays();
    }

    /// <summary>Copies all files as they are.</summary>
    public void Copy(ICopyTarget target, Action<long> copied, CancellationToken cancellation)
    {
        foreach (var path in Directory.Exists(directory) ? Directory.GetFiles(directory, "*.bin") : [])
        {
            var name = $"{DataDirectory.Insights}/{Path.GetFileName(path)}";
            if (target.EarlierPathOf(name) is { } earlier && Same(path, earlier))
            {
                target.TakeOver(name);
                copied(new FileInfo(path).Length);
            }
            else
            {
                DurableFile.Copy(path, target.PathOf(name), copied, cancellation);
            }
        }
    }

    private static bool Same(string path, string other) => new FileInfo(path).Length == new FileInfo(other).Length
        && Backup.HashOf(path, static _ => { }, CancellationToken.None) == Backup.HashOf(other, static _ => { }, CancellationToken.None);

    /// <summary>Writes until nothing of what the projection was told to erase is in files.</summary>
    /// <exception cref="IOException">It is still there.</exception>
    public void WriteErased()
    {
        do
        {
            Write(all: false);
        }
        while (projection.Read((apps, _) => apps.Any(app => app.Chunks.Any(chunk => chunk.IsErasureUnwritten))));
    }

    /// <summary>Once the chunks mean the days without what was erased: rewrites the months that have the ones of before, too.</summary>
    private void DropStaleDays()
    {
        var meant = !_hasStaleDays ? null : projection.Read((apps, _) =>
        {
            var chunks = apps.SelectMany(app => app.Chunks.Select((chunk, index) => (app.App, Index: index, Chunk: chunk))).ToList();
            return chunks.Exists(item => item.Chunk.IsErasureUnwritten) ? null : chunks
                .SelectMany(item => item.Chunk.KeptDays.Select((digest, at) => (item.App, item.Index, Day: item.Chunk.FirstDay + at, Digest: digest)))
                .Where(day => day.Day >= _oldestWritten).ToHashSet();
        });
        if (meant is null)
        {
            return;
        }

        foreach (var path in Directory.GetFiles(directory, "days-*.bin"))
        {
            DayFile.Keep(path, day => meant.Contains((day.App, day.Chunk, day.Day, day.Digest)));
        }

        _hasStaleDays = false;
    }

    /// <summary>Months of which no day is kept any more, once the list says so: else a start would miss them.</summary>
    private void DropMonths()
    {
        foreach (var path in Directory.GetFiles(directory, "days-*.bin").Where(path => DayFile.LastDayOf(path) < _oldestWritten))
        {
            File.Delete(path);
        }
    }

    private static string NameOf(string app, int index) => string.Create(CultureInfo.InvariantCulture, $"{app}-{index}.bin");

    private void WriteDays()
    {
        var closed = projection.Read((apps, _) => apps.SelectMany(app => app.Chunks.Select((chunk, index) =>
            (App: app.App, Index: index, Chunk: chunk, First: chunk.FirstDay, Days: chunk.Closed[chunk.KeptDays.Count..]))).Where(item => item.Days.Length > 0).ToList());
        var kept = closed.Select(item => (item.Chunk, Days: Enumerable.Range(0, item.Days.Length).Select(at => item.Days.Span[at] is { } day
            ? KeptDay.Of(item.App, item.Index, item.First + item.Chunk.KeptDays.Count + at, day)
            : null).ToList())).ToList();
        DayFile.Append(directory, kept.SelectMany(item => item.Days).OfType<KeptDay>());
        foreach (var (chunk, days) in kept)
        {
            chunk.KeptDays.AddRange(days.Select(day => day?.Digest ?? 0));
        }

        WriteChangedDays();
    }

    /// <summary>Beside the ones of before, which chunks mean that are not written yet.</summary>
    private void WriteChangedDays()
    {
        var changed = projection.Read((apps, _) => apps.SelectMany(app => app.Chunks.SelectMany((chunk, index) =>
            chunk.ChangedDays.Where(at => at < chunk.KeptDays.Count).Select(at => (
                app.App, Index: index, Chunk: chunk, At: at, Closed: chunk.Closed.Span[at])))).ToList());
        if (changed.Count == 0)
        {
            return;
        }

        _hasStaleDays = true;
        var kept = changed.ConvertAll(item => (item.Chunk, item.At, item.Closed,
            Day: item.Closed is { } day ? KeptDay.Of(item.App, item.Index, item.Chunk.FirstDay + item.At, day) : null));
        DayFile.Append(directory, kept.Select(item => item.Day).OfType<KeptDay>());
        projection.Change(_ =>
        {
            // What an erasure changed again meanwhile is written the next time.
            foreach (var (chunk, at, closed, day) in kept.Where(item => item.Chunk.Closed.Span[item.At] == item.Closed))
            {
                chunk.KeptDays[at] = day?.Digest ?? chunk.KeptDays[at];
                chunk.ChangedDays.Remove(at);
            }
        });
    }

    private void WriteChunk(string app, int index, Chunk chunk)
    {
        var erased = false;
        // What is written takes milliseconds, and a look none: nobody waits for it.
        var seen = projection.Read((_, position) =>
        {
            if (chunk.KeptDays.Count != chunk.ClosedCount || chunk.ChangedDays.Count > 0)
            {
                // A day ended, or an installation was erased, just now: days are written first, the next time.
                return (Look: null, 0L);
            }

            (erased, chunk.IsErasureUnwritten) = (chunk.IsErasureUnwritten, false);
            chunk.IsDirty = false;
            return (Look: (Chunk?)chunk.Look(), position.Number);
        });
        if (seen.Look is null)
        {
            return;
        }

        var writer = new ByteWriter();
        ChunkRecord.Write(writer, seen.Look, seen.Number, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(chunk.KeptDays));
        try
        {
            WriteValues();
            CheckedFile.Write(Path.Combine(directory, NameOf(app, index)), writer.Written);
            _through[NameOf(app, index)] = seen.Number;
        }
        catch
        {
            chunk.IsDirty = true;
            chunk.IsErasureUnwritten |= erased;
            throw;
        }
    }

    private void WriteList()
    {
        var writer = new ByteWriter();
        var oldestDay = int.MinValue;
        var isWhole = projection.Read((apps, position) =>
        {
            oldestDay = projection.OldestDay;
            writer.Value(position.Epoch);
            writer.Value(position.Number);
            writer.Value(oldestDay);
            writer.Value(projection.Generation);
            writer.Value(projection.RunningDay);
            var chunks = apps.SelectMany(app => app.Chunks.Select((chunk, index) => (app.App, Index: index, Chunk: chunk))).ToList();
            if (!chunks.TrueForAll(item => _through.ContainsKey(NameOf(item.App, item.Index))))
            {
                return false;
            }

            writer.Value(chunks.Count);
            foreach (var (app, index, chunk) in chunks)
            {
                writer.Text(app);
                writer.Value(index);
                writer.Value(_through[NameOf(app, index)]);
                writer.Value(!chunk.IsDirty);
            }

            // Files of before do not have it.
            writer.Value(apps.Any(app => app.Chunks.Any(chunk => chunk.IsErasureUnwritten)) ? 0 : projection.ErasedThrough);

            return true;
        });
        // The list of before holds until the next time: it tells less, and nothing wrong.
        if (isWhole)
        {
            CheckedFile.Write(Path.Combine(directory, ListName), writer.Written);
            _oldestWritten = oldestDay;
            DropMonths();
        }
    }

    /// <summary>After what uses them was copied and before it is written: values only ever become more.</summary>
    private void WriteValues()
    {
        var writer = new ByteWriter();
        var count = projection.Read((apps, _) =>
        {
            var values = apps.Sum(app => app.Measures.Count + app.Codes.Sum(codes => (long)codes.Count));
            if ((values, projection.Generation) == _valuesWritten)
            {
                return _valuesWritten;
            }

            writer.Value(apps.Count);
            foreach (var app in apps)
            {
                writer.Text(app.App);
                writer.Value(app.Codes.Count);
                foreach (var (path, slot) in app.Dimensions.OrderBy(dimension => dimension.Value))
                {
                    writer.Text(path);
                    writer.Value(app.Codes[slot].Count - 1);
                    foreach (var value in app.Codes[slot].Snapshot().Span[1..])
                    {
                        writer.Text(value);
                    }
                }

                writer.Value(app.Measures.Count);
                foreach (var (path, _) in app.Measures.OrderBy(measure => measure.Value))
                {
                    writer.Text(path);
                }
            }

            return (values, projection.Generation);
        });
        if (count != _valuesWritten)
        {
            CheckedFile.Write(Path.Combine(directory, ValuesName), writer.Written);
            _valuesWritten = count;
        }
    }

    private SortedDictionary<string, AppProjection> ReadValues()
    {
        var read = new SortedDictionary<string, AppProjection>(StringComparer.Ordinal);
        var reader = new ByteReader((CheckedFile.Read(Path.Combine(directory, ValuesName)) ?? throw new InvalidDataException($"{ValuesName} is missing")).Span);
        for (var count = reader.Value<int>(); count > 0; count--)
        {
            var (app, dimensions, measures) = (reader.Text(), new List<(string, ValueCodes)>(), new List<string>());
            for (var slots = reader.Value<int>(); slots > 0; slots--)
            {
                var (path, values) = (reader.Text(), new string[reader.Value<int>()]);
                for (var code = 0; code < values.Length; code++)
                {
                    values[code] = reader.Text();
                }

                dimensions.Add((path, ValueCodes.Of(values)));
            }

            for (var slots = reader.Value<int>(); slots > 0; slots--)
            {
                measures.Add(reader.Text());
            }

            read.Add(app, new AppProjection(apps.OfStored(app), dimensions, measures));
        }

        return read;
    }
}
