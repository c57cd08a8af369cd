namespace Telemetry.Server.Model;

/// <summary>How often one label was counted.</summary>
internal readonly record struct LabelCount(byte Label, uint Count);
