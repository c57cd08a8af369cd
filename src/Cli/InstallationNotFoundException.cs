namespace Telemetry.Cli;

/// <summary>No app has left its mark in the state directory; the message says what to do.</summary>
internal sealed class InstallationNotFoundException(string directory) : Exception(
    $"No app has started with the state directory {directory} yet, or what it wrote there cannot be read. "
    + "'telemetry doctor' says more.");
