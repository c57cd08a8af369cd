using System.Text.Json.Serialization;
using Google.Protobuf;
using Telemetry.Client.Collect;
using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.State;

/// <summary>A report that was taken to be sent, and that the server has not answered for: repeated byte for byte.</summary>
/// <param name="ReportId">The report's id.</param>
/// <param name="TakenAt">When it was taken.</param>
/// <param name="KeyWithheld">Whether it had a subscription key: keys are not kept on disk.</param>
/// <param name="Report">telemetry.v1.Report, without a key.</param>
/// <param name="Digest">SHA-256 of the report with its key.</param>
/// <param name="Ended">Whether the attempt came to an end; not so after a kill, or while it is under way.</param>
internal sealed record OpenReport(
    string ReportId, DateTimeOffset TakenAt, bool KeyWithheld, byte[] Report, string Digest, bool Ended = false)
{
    /// <summary>
    /// Within this time a server refuses a further report, so only the same one can be sent again. After it a new one,
    /// with the figures of the day, is welcome whether or not this one arrived.
    /// </summary>
    public static readonly TimeSpan Lifetime = Schedule.ReportSchedule.Spacing;

    [JsonIgnore]
    public bool IsPlausible => ReportId is not null && Report is not null && Digest is not null;

    public static OpenReport Of(OutgoingReport outgoing, DateTimeOffset now)
    {
        var (kept, hadKey) = ReportComposer.WithoutKey(outgoing.Report);
        return new OpenReport(outgoing.Report.ReportId, now, hadKey, kept.ToByteArray(), outgoing.Digest);
    }

    public bool IsFresh(DateTimeOffset now) => (now - TakenAt).Duration() < Lifetime;

    /// <summary>The very bytes again; null when they cannot be made: the key is another one, or somebody edited the file.</summary>
    /// <param name="key">The subscription key, if there is one.</param>
    public OutgoingReport? Reopen(string? key)
    {
        try
        {
            var report = Contracts.V1.Report.Parser.ParseFrom(Report);
            if (KeyWithheld)
            {
                report.Subscription ??= new Subscription();
                report.Subscription.Key = key ?? "";
            }

            var outgoing = new OutgoingReport(report);
            return outgoing.Digest == Digest ? outgoing : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
