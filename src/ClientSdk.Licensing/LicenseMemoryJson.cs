using System.Text.Json;
using System.Text.Json.Serialization;

namespace Telemetry.Client.Licensing;

/// <summary>Reads and writes the state file's content without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(LicenseMemoryDocument))]
internal sealed partial class LicenseMemoryJson : JsonSerializerContext;
