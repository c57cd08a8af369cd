namespace Telemetry.Server.Licensing;

/// <summary>The keys that sign tokens cannot be used; the message tells an operator why and what to do.</summary>
internal sealed class SigningKeyException(string message, Exception? inner = null) : Exception(message, inner);
