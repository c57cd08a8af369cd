namespace Telemetry.Server.Storage.LiteDb;

/// <summary>Where the acknowledged part of the log ends.</summary>
/// <param name="Epoch">Which filling of the log.</param>
/// <param name="Frames">How many frames of it.</param>
internal readonly record struct LogEnd(ulong Epoch, int Frames);
