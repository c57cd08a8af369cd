namespace Telemetry.Server.Storage;

/// <summary>What a store is.</summary>
/// <param name="Kind">Its name, e.g. "LiteDB".</param>
/// <param name="SchemaVersion">Version of its layout.</param>
/// <param name="Location">Where it is, for the banner and for operators; never sent to clients.</param>
internal sealed record StoreDescription(string Kind, int SchemaVersion, string Location);
