namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Brings a store of an older version up to this one, step by step, all in one transaction.</summary>
internal static class Migrations
{
    /// <summary>The step from version n to n + 1 stands at index n. Version 0 is a new, empty store.</summary>
    private static readonly Action<EventDatabase>[] Steps =
    [
        // Written when nothing was dropped too: a salvage that does not find it knows that it is lost.
        database => database.WriteDropped(0),
    ];

    /// <exception cref="StoreOpenException">The store was written by a newer version.</exception>
    public static void Run(EventDatabase database, string directory) => Run(database, directory, Steps);

    /// <summary>For tests: the mechanism with other steps.</summary>
    public static void Run(EventDatabase database, string directory, IReadOnlyList<Action<EventDatabase>> steps)
    {
        var version = database.ReadSchemaVersion();
        if (version > steps.Count)
        {
            throw new StoreOpenException(
                $"The data directory '{directory}' was written by a newer version (layout {version}; this one knows "
                + $"{steps.Count}). Install that version or a newer one.");
        }

        if (version == steps.Count)
        {
            return;
        }

        var failure = database.Commit(changing =>
        {
            for (var step = version; step < steps.Count; step++)
            {
                steps[step](changing);
            }

            changing.WriteSchemaVersion(steps.Count);
        });
        if (failure is not null)
        {
            throw new StoreOpenException($"The data directory '{directory}' cannot be written: {failure.Message}", failure);
        }
    }
}
