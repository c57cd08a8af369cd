namespace Telemetry.Client;

/// <summary>The installation's choice could not be written down, so the old one holds. The message says why.</summary>
/// <param name="message">Why, and what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class StateNotWrittenException(string message, Exception inner) : Exception(message, inner);
