using System.Text.Json.Serialization;

namespace Telemetry.Client.AspNetCore;

/// <summary>Notices on their way from one request to the next.</summary>
[JsonSerializable(typeof(Notice))]
internal sealed partial class NoticeJson : JsonSerializerContext;
