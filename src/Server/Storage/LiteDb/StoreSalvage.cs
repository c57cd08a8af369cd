using System.Globalization;
using LiteDB;
using Telemetry.DataFiles;
using Telemetry.Server.Storage.LiteDb.Segments;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Makes a new store of what can be proven of a damaged one, and says what is gone.</summary>
/// <remarks>
/// Reads documents from whatever pages are whole, indexes or not, and writes them into new files; the damaged ones are
/// moved aside and kept. Reports keep their positions; what is missing between them becomes gaps, which the feed
/// announces, and no number that was ever given is given again as far as anything left tells of it.
/// </remarks>
internal sealed class StoreSalvage
{
    private const string WorkDirectory = "salvage.new";
    private const int DocumentsPerCommit = 500;

    private readonly LiteDbStoreOptions _options;
    private readonly SalvagedContents _contents;
    private readonly List<string> _words = [];

    private StoreSalvage(LiteDbStoreOptions options, SalvagedContents contents)
    {
        _options = options;
        _contents = contents;
    }

    /// <returns>What was kept, what is gone, and where the damaged files are, a line each.</returns>
    /// <exception cref="StoreOpenException">A server runs there, or nothing can be salvaged.</exception>
    public static IReadOnlyList<string> Run(LiteDbStoreOptions options, DateTimeOffset now)
    {
        var missing = Array.FindAll(StoreFiles.All, name => !File.Exists(Path.Combine(options.Directory, name)));
        if (missing.Length == StoreFiles.All.Length)
        {
            throw new StoreOpenException($"'{options.Directory}' holds no store. Check --data.");
        }

        using var directoryLock = DirectoryLock.Take(options.Directory);
        var files = StoreFiles.All.Select(name => options.OpenFile(Path.Combine(options.Directory, name))).ToList();
        try
        {
            var salvage = new StoreSalvage(options, SalvagedContents.Read(new SalvagedPages(files[0], files[1], files[2]), options));
            salvage.Write();
            salvage.Describe();
            files.ForEach(file => file.Dispose());
            salvage.TakeOver(now);
            return salvage._words;
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private void Write()
    {
        var work = Path.Combine(_options.Directory, WorkDirectory);
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        DurableFile.CreateDirectory(work);
        var files = StoreFiles.All.Select(name => _options.OpenFile(Path.Combine(work, name))).ToList();
        using var database = new EventDatabase(files[2], files[0], files[1], knownEnd: null);
        Commit(database, changing =>
        {
            changing.WriteSchemaVersion(EventDatabase.SchemaVersion);
            // The state is worked out anew over the slots that are left.
            changing.WriteReplayFrom(0);
            changing.WriteDropped(_contents.Dropped);
            foreach (var segment in _contents.Segments.Whole)
            {
                changing.AddSegment(segment);
            }

            foreach (var (first, last) in _contents.Gaps)
            {
                changing.AddGap(first, last);
            }

            if (_contents.HighestNumber > _contents.NewestNumber)
            {
                // The end of the numbers: the next report comes after it.
                changing.AddEvents(_contents.HighestNumber, 1, []);
            }
        });
        foreach (var (collection, documents) in _contents.Collections)
        {
            foreach (var part in documents.Chunk(DocumentsPerCommit))
            {
                Commit(database, changing => changing.Restore(collection, part));
                database.FinishCheckpoint();
                database.Checkpoint();
            }
        }

        database.FinishCheckpoint();
        database.Seal();
    }

    private static void Commit(EventDatabase database, Action<EventDatabase> changes)
    {
        if (database.Commit(changes) is { } failure)
        {
            throw new StoreOpenException("The salvaged store cannot be written: " + failure.Message, failure);
        }
    }

    private void Describe()
    {
        string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
        string Range(long first, long last) => first == last ? Number(first) : $"{Number(first)} to {Number(last)}";
        _words.Add(
            $"Kept: {Number(_contents.Events)} reports, {_contents.Count(SalvagedContents.Licenses)} licenses, "
            + $"{_contents.Count(SalvagedContents.Leases)} seats, {_contents.Count(SalvagedContents.Tokens)} tokens, "
            + $"{_contents.Count(SalvagedContents.Apps)} contracts of registered apps, "
            + $"{Number(_contents.Count(SalvagedContents.Audit))} entries of the audit log (telemetry audit verify tells which are missing).");
        _words.AddRange(_contents.Gaps.Select(gap => $"Gone: reports {Range(gap.First, gap.Last)}; the feed announces the gap."));
        _words.AddRange(_contents.AppsWithoutContract.Select(app =>
            $"Gone: the contract of the app {app}; its reports are kept. Register it again before it reports: telemetry apps register FILE."));
        if (_contents.UnreadableDocuments > 0)
        {
            _words.Add($"Gone: {Number(_contents.UnreadableDocuments)} records of which only parts were left.");
        }

        if (_contents.LostPages > 0)
        {
            _words.Add(
                $"Not provable: {Number(_contents.LostPages)} pages of acknowledged changes. Reports after "
                + $"{Number(_contents.NewestNumber)}, and the latest changes to licenses, seats, tokens and apps, may be missing.");
        }

        if (_contents.Gaps.Count == 0 && _contents.UnreadableDocuments == 0 && _contents.LostPages == 0)
        {
            _words.Add("Nothing that was left of the store tells of anything that is gone.");
        }
    }

    /// <summary>By renaming: what a crash leaves in between is refused at the next start, and nothing of it is deleted.</summary>
    private void TakeOver(DateTimeOffset now)
    {
        var damaged = Path.Combine(
            _options.Directory, now.UtcDateTime.ToString("'damaged-'yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
        DurableFile.CreateDirectory(damaged);
        var work = Path.Combine(_options.Directory, WorkDirectory);
        foreach (var name in StoreFiles.All)
        {
            var path = Path.Combine(_options.Directory, name);
            if (File.Exists(path))
            {
                File.Move(path, Path.Combine(damaged, name));
            }
        }

        DurableFile.SyncDirectoryOf(Path.Combine(damaged, StoreFiles.Data));
        // Segments that are whole stay where they are.
        foreach (var path in _contents.Segments.Damaged)
        {
            DurableFile.CreateDirectory(Path.Combine(damaged, Segment.Directory));
            File.Move(path, Path.Combine(damaged, Segment.Directory, Path.GetFileName(path)));
        }

        foreach (var name in StoreFiles.All)
        {
            File.Move(Path.Combine(work, name), Path.Combine(_options.Directory, name));
        }

        DurableFile.SyncDirectoryOf(work);
        Directory.Delete(work);
        _words.Add($"The damaged files are in '{damaged}'; delete them when you need them no more.");
    }
}
