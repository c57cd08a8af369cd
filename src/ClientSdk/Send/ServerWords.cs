using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Client.Schedule;

namespace Telemetry.Client.Send;

/// <summary>What a server said beside its status, with bounds: whoever answers may not be ours.</summary>
/// <param name="Reason">The stable reason; null when there is none.</param>
/// <param name="RetryAfter">How long to wait, at most <see cref="ReportSchedule.LongestPause"/>; null when it did not say.</param>
/// <param name="Violations">Every broken rule, or the first <see cref="MaxViolations"/>.</param>
internal sealed record ServerWords(string? Reason, TimeSpan? RetryAfter, IReadOnlyList<FieldViolation> Violations)
{
    public const int MaxViolations = 100;
    private const int MaxText = 1_000;
    private const int MaxField = 200;

    private static readonly ServerWords None = new(null, null, []);

    public static ServerWords Of(RpcException e)
    {
        try
        {
            return e.GetRpcStatus() is { } status
                ? new ServerWords(
                    status.GetDetail<ErrorInfo>()?.Reason is { Length: > 0 } reason ? Text(reason, MaxField) : null,
                    status.GetDetail<RetryInfo>()?.RetryDelay is { } delay ? Pause(delay) : null,
                    [.. (status.GetDetail<BadRequest>()?.FieldViolations ?? []).Take(MaxViolations).Select(Violation)])
                : None;
        }
        catch (Exception broken) when (broken is InvalidProtocolBufferException or FormatException or InvalidOperationException
            or ArgumentException)
        {
            // Details that are none.
            return None;
        }
    }

    /// <summary>A text that fits a page and a log line, without anything that could move a cursor.</summary>
    public static string Text(string? text, int longest = MaxText)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var cut = text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest), "…");
        return cut.Any(char.IsControl) ? string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c)).Trim() : cut;
    }

    /// <summary>A field's path.</summary>
    public static string Field(string path) => Text(path, MaxField);

    private static TimeSpan Pause(Duration delay)
    {
        var longest = (long)ReportSchedule.LongestPause.TotalSeconds;
        return TimeSpan.FromSeconds(Math.Clamp(delay.Seconds, 0, longest - 1))
            + TimeSpan.FromMilliseconds(Math.Clamp(delay.Nanos, 0, 999_999_999) / 1_000_000);
    }

    private static FieldViolation Violation(BadRequest.Types.FieldViolation violation) => new()
    {
        Field = Field(violation.Field),
        Description = Text(violation.Description, MaxField),
    };
}
