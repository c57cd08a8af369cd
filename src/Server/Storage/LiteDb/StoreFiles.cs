using Telemetry.DataFiles;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>The names of the store's files in the data directory.</summary>
internal static class StoreFiles
{
    public const string Data = DataDirectory.Database;
    public const string FirstLog = DataDirectory.FirstLog;
    public const string SecondLog = DataDirectory.SecondLog;

    /// <summary>In the order in which they are made: a data file without a log is then never the trace of a first start that was cut short.</summary>
    public static readonly string[] All = [FirstLog, SecondLog, Data];
}
