namespace Telemetry.Server.Storage.State;

/// <summary>A flag that may be missing, in one byte.</summary>
internal enum Ternary : byte
{
    NotKnown = 0,
    No = 1,
    Yes = 2,
}
