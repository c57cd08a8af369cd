using System.Text.Json.Serialization;

namespace Telemetry.Client.State;

/// <summary>The files of the state directory as JSON, written so that a person can read them.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstallationState))]
[JsonSerializable(typeof(AppProfile))]
[JsonSerializable(typeof(PendingReport))]
[JsonSerializable(typeof(List<LedgerEntry>))]
internal sealed partial class StateJson : JsonSerializerContext;
