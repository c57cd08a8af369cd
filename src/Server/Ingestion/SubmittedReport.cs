using System.Security.Cryptography;
using Telemetry.Server.Model;
using Telemetry.Schema;
using Telemetry.Schema.Kinds;

namespace Telemetry.Server.Ingestion;

/// <summary>A report as an edge read it: checked field by field, but not yet cut off from who sent it.</summary>
/// <remarks>Nothing here is logged. What identifies is in <see cref="InstanceHash"/>, <see cref="SubscriptionKey"/> and <see cref="OwnershipSecret"/> alone, for the length of the call.</remarks>
internal sealed class SubmittedReport
{
    private static readonly string ReportIdPath = CoreFields.Schema.Texts[CoreFields.ReportId].Path;

    private SubmittedReport(byte[] sha256) => Sha256 = sha256;

    /// <summary>SHA-256 of the bytes that this was read from, as the edge received them.</summary>
    public byte[] Sha256 { get; }

    /// <summary>Every rule that the report breaks; then it has no body.</summary>
    public IReadOnlyList<Violation> Violations { get; private init; } = [];

    /// <summary>Paths of fields with a value that this server does not know.</summary>
    public IReadOnlyList<string> Dropped { get; private init; } = [];

    /// <summary>Fields that the contract does not know.</summary>
    public int UnknownFields { get; private init; }

    /// <summary>Labels that no contract lists.</summary>
    public int OwnLabels { get; private init; }

    public Guid ReportId { get; private init; }

    public string InstanceHash { get; private init; } = "";

    /// <summary>In clear, for the length of the call only.</summary>
    public string? SubscriptionKey { get; private init; }

    /// <summary>Of the request that the report came with, in clear, for the length of the call only; null when none came.</summary>
    public byte[]? OwnershipSecret { get; private init; }

    public ReportSchema Schema { get; private init; } = CoreFields.Schema;

    public ReportValues? Values { get; private init; }

    public ReportBody Body { get; private init; }

    public CountrySource CountrySource { get; private init; }

    /// <summary>Reads a Report message.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public static SubmittedReport FromWire(ReadOnlySpan<byte> message, AppRegistry apps, byte[]? ownershipSecret = null)
    {
        var scratch = ReportScratch.OfThread;
        try
        {
            WireReportReader.Read(message, scratch, apps);
            return Finish(scratch, SHA256.HashData(message), apps, hasId: true, ownershipSecret);
        }
        finally
        {
            scratch.End();
        }
    }

    /// <summary>Reads what existing builds of an app send, of which it is known that it is one JSON object.</summary>
    public static SubmittedReport FromJson(ReadOnlySpan<byte> body, Door door, AppRegistry apps)
    {
        var scratch = ReportScratch.OfThread;
        try
        {
            JsonReportReader.Read(body, scratch, door);
            return Finish(scratch, SHA256.HashData(body), apps, hasId: false);
        }
        finally
        {
            scratch.End();
        }
    }

    /// <summary>Reads a Report in the contract's own JSON (ProtoJSON), of which it is known that it is one object.</summary>
    public static SubmittedReport FromJson(ReadOnlySpan<byte> body, AppRegistry apps)
    {
        var scratch = ReportScratch.OfThread;
        try
        {
            JsonReportReader.Read(body, scratch, apps);
            return Finish(scratch, SHA256.HashData(body), apps, hasId: true);
        }
        finally
        {
            scratch.End();
        }
    }

    private static SubmittedReport Finish(ReportScratch scratch, byte[] sha256, AppRegistry apps, bool hasId, byte[]? ownershipSecret = null)
    {
        scratch.Finish();
        var values = scratch.Values;
        var texts = values.Texts;
        foreach (var field in scratch.Schema.Fields)
        {
            if (field.IsRequired && values.IsAbsent(field) && (hasId || field.Path != ReportIdPath)
                && !scratch.Dropped.Contains(field.Path) && !scratch.Violations.Any(violation => violation.Field == field.Path))
            {
                scratch.Refuse(field, "is required; it " + (field.Kind is TextKind kind ? kind.Rule : field.Kind.JsonRule));
            }
        }

        if (texts[CoreFields.App] is { } app && apps.Find(app) is null)
        {
            scratch.Refuse(CoreFields.Schema.Texts[CoreFields.App], apps.Rule);
        }

        var source = Locate(texts);
        return scratch.Violations.Count > 0
            ? new SubmittedReport(sha256)
            {
                Violations = scratch.Violations,
                UnknownFields = scratch.UnknownFields,
                OwnLabels = scratch.OwnLabels,
            }
            : new SubmittedReport(sha256)
            {
                Dropped = scratch.Dropped,
                UnknownFields = scratch.UnknownFields,
                OwnLabels = scratch.OwnLabels,
                ReportId = texts[CoreFields.ReportId] is { } id ? Guid.ParseExact(id, "D") : Guid.NewGuid(),
                InstanceHash = texts[CoreFields.InstanceHash]!,
                OwnershipSecret = ownershipSecret,
                SubscriptionKey = texts[CoreFields.Key],
                Schema = scratch.Schema,
                Values = values,
                Body = ReportBody.Write(scratch.Schema, values, scratch),
                CountrySource = source,
            };
    }

    /// <summary>A country that is not reported is the timezone's, if that names a place.</summary>
    private static CountrySource Locate(string?[] texts)
    {
        if (texts[CoreFields.Country] is not null)
        {
            return CountrySource.Reported;
        }

        texts[CoreFields.Country] = texts[CoreFields.Timezone] is { } zone ? Countries.OfTimezone(zone) : null;
        return texts[CoreFields.Country] is null ? CountrySource.None : CountrySource.Timezone;
    }
}

/// <summary>Bounds on what a request may carry; the contract documents them.</summary>
internal static class ReportLimits
{
    /// <summary>Largest single report, in bytes; five times the largest that a real app was seen to send, and more.</summary>
    public const int MaxReportBytes = 64 * 1024;

    /// <summary>Of what proves that an installation is who reported.</summary>
    public const int OwnershipSecretBytes = 32;

    /// <summary>Most reports in one request.</summary>
    public const int MaxReportsPerRequest = 1_000;
}
