using System.Buffers.Binary;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Pages as LiteDB writes them into its log, and log files with some of them.</summary>
internal static class SamplePages
{
    public static byte[] Of(uint number, bool confirmed, uint transaction = 7, byte fill = 0xC3)
    {
        var page = new byte[LogPage.Size];
        page.AsSpan(32).Fill(fill);
        BinaryPrimitives.WriteUInt32LittleEndian(page, number);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(LogPage.TransactionOffset), transaction);
        page[LogPage.TransactionOffset + sizeof(uint)] = confirmed ? (byte)1 : (byte)0;
        return page;
    }

    /// <summary>A log of the first filling with a commit for each number of pages.</summary>
    public static LogFile Log(IStorageFile file, params int[] commits)
    {
        var log = new LogFile(file, "telemetry.log");
        log.Begin(1, default);
        foreach (var pages in commits)
        {
            Commit(log, pages);
        }

        return log;
    }

    public static void Commit(LogFile log, int pages)
    {
        for (var page = 1; page <= pages; page++)
        {
            log.Add(Of((uint)log.Frames, confirmed: page == pages, fill: (byte)log.Frames));
        }

        log.MakeDurable(isOtherMoved: false);
    }
}
