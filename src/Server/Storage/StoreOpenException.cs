namespace Telemetry.Server.Storage;

/// <summary>The store cannot be opened; the message tells an operator why and what to do.</summary>
internal sealed class StoreOpenException(string message, Exception? inner = null) : Exception(message, inner);
