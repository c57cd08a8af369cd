namespace Telemetry.Server.Model;

/// <summary>A place in the event log.</summary>
/// <param name="Epoch">
/// The run of the server that wrote the event: a number drawn at each start. It tells a position of this log from
/// the same number in a restored backup or a new data directory.
/// </param>
/// <param name="Number">1 for the first event, then one more for each; 0 stands for "before the first".</param>
internal readonly record struct FeedPosition(ulong Epoch, long Number);
