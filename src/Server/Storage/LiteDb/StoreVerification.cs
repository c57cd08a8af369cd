using Microsoft.Extensions.Logging.Abstractions;
using Telemetry.Server.Model;
using Telemetry.Schema;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Reads everything a data directory holds, and changes nothing.</summary>
internal static class StoreVerification
{
    private const int EventsPerRead = 1_024;

    /// <returns>What is wrong, in words for an operator; empty when all is well.</returns>
    /// <exception cref="StoreOpenException">A server runs there, or there is no store.</exception>
    public static IReadOnlyList<string> Run(LiteDbStoreOptions options)
    {
        if (!Array.TrueForAll(StoreFiles.All, name => File.Exists(Path.Combine(options.Directory, name))))
        {
            throw new StoreOpenException(
                $"'{options.Directory}' does not hold all of {string.Join(", ", StoreFiles.All)}. Check --data.");
        }

        var findings = new List<string>();
        using (DirectoryLock.Take(options.Directory))
        {
            var files = StoreFiles.All.Select(name => options.OpenFile(Path.Combine(options.Directory, name))).ToList();
            try
            {
                VerifyPages(files[0], files[1], files[2], findings);
            }
            finally
            {
                files.ForEach(file => file.Dispose());
            }
        }

        if (findings.Count == 0)
        {
            VerifyContents(options, findings);
        }

        return findings;
    }

    private static void VerifyPages(IStorageFile first, IStorageFile second, IStorageFile data, List<string> findings)
    {
        var inLog = new HashSet<uint>();
        try
        {
            var log = new RecoveredLog(first, second, data.Length > 0);
            inLog.UnionWith(log.Current.Pages.FindNewest().Keys);
            if (log.IsOtherNeeded)
            {
                inLog.UnionWith(log.Other.Pages.FindNewest().Keys);
            }
        }
        catch (Exception e) when (e is StoreDamagedException or StoreOpenException)
        {
            findings.Add(e.Message);
        }

        var page = new byte[LogPage.Size];
        for (var number = 0u; (number + 1L) * LogPage.Size <= data.Length; number++)
        {
            // What the log has may be torn or not there yet.
            if (!inLog.Contains(number)
                && (data.Read(page, number * (long)LogPage.Size) != page.Length || !DataPage.TryOpen(page, number)))
            {
                findings.Add(DataPage.Damaged(number).Message);
            }
        }
    }

    /// <summary>As a server reads it: every report, the state, licenses, seats, tokens.</summary>
    private static void VerifyContents(LiteDbStoreOptions options, List<string> findings)
    {
        try
        {
            var store = LiteDbTelemetryStore.Open(
                options with { OpenFile = path => new OverlayFile(options.OpenFile(path)), DeleteFile = static _ => { }, CloseWithin = TimeSpan.Zero },
                new AppRegistry(), TimeProvider.System, NullLogger<LiteDbTelemetryStore>.Instance);
            try
            {
                findings.AddRange(store.VerifySegments());
                if (findings.Count == 0)
                {
                    store.ReadEverything(EventsPerRead);
                }
            }
            finally
            {
                store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is StoreDamagedException or StoreOpenException)
        {
            findings.Add(e.Message);
        }
    }
}
