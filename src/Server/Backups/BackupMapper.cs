using Google.Protobuf.WellKnownTypes;
using Telemetry.DataFiles;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Backups;

/// <summary>Backups as the contract has them.</summary>
internal static class BackupMapper
{
    public static Wire.Backup ToWire(Backup backup) => new()
    {
        Name = backup.Name,
        CreateTime = Timestamp.FromDateTimeOffset(backup.Description.Time),
        Number = (ulong)backup.Description.Position,
        Instances = (ulong)backup.Description.Installations,
        Bytes = (ulong)backup.Description.Bytes,
        NewBytes = (ulong)backup.Description.NewBytes,
    };

    public static Wire.BackupProgress ToWire(CopyProgress progress) =>
        progress.Now is var (bytes, total) ? new() { Bytes = (ulong)bytes, TotalBytes = (ulong)Math.Max(bytes, total) } : new();
}
