namespace Telemetry.Server.Storage.LiteDb;

/// <summary>How far the frames of a log go, and the checksum of the last one, which stands for all before it.</summary>
internal readonly record struct FrameChain(int Frames, ulong Checksum);
