namespace Telemetry.Server.Privacy;

/// <summary>The secret cannot be used; the message tells an operator why and what to do.</summary>
internal sealed class SecretException(string message, Exception? inner = null) : Exception(message, inner);
