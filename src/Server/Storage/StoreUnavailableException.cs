namespace Telemetry.Server.Storage;

/// <summary>The store cannot do its work now: a full or failing disk, a dead database. May heal.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
