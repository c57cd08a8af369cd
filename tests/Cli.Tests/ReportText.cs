using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.Apps.RoomVox.V1;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests;

/// <summary>Reports as the command reads them: protobuf JSON, made by protobuf itself.</summary>
internal static class ReportText
{
    private static readonly JsonFormatter Formatter = new(
        JsonFormatter.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(Usage.Descriptor)));

    public static string Of(Report report) => Formatter.Format(report);
}
