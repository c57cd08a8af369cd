using Google.Protobuf;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>Reports as a person reads them.</summary>
internal static class ReportJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithIndentation("  "));

    /// <summary>Protobuf JSON, with a subscription key replaced.</summary>
    public static string Of(Report report)
    {
        var shown = report.Clone();
        if (!string.IsNullOrEmpty(shown.Subscription?.Key))
        {
            shown.Subscription.Key = ListedField.Withheld;
        }

        return Formatter.Format(shown);
    }
}
