using System.Text.Json.Serialization;

namespace Telemetry.Cli.Commands.Installation;

/// <summary>What <c>--json</c> prints; every field is always there, as docs/cli.md lists it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(ChoiceDocument))]
[JsonSerializable(typeof(PreviewDocument))]
[JsonSerializable(typeof(SendDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(CheckupDocument))]
[JsonSerializable(typeof(CollectedDocument))]
internal sealed partial class InstallationJson : JsonSerializerContext;
