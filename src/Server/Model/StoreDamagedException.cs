namespace Telemetry.Server.Model;

/// <summary>Bytes of the store are not the ones that were written: a failing disk, or another program.</summary>
/// <param name="file">The file's name in the data directory.</param>
/// <param name="offset">Where in it; null when what was read there is whole and contradicts something else.</param>
/// <param name="what">What was found.</param>
internal sealed class StoreDamagedException(string file, long? offset, string what)
    : Exception(offset is null ? $"'{file}': {what}." : $"'{file}' at byte {offset}: {what}.");
