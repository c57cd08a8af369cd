using System.Globalization;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.AspNetCore.Page;

/// <summary>Values as the page words them.</summary>
internal static class Words
{
    public static string Of(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A group of fields as a heading, e.g. "Environment".</summary>
    public static string OfName(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    public static string Of(SendResultKind kind) => kind switch
    {
        SendResultKind.Sent => "Report sent",
        SendResultKind.Disabled => "Not sent: reports are not on",
        SendResultKind.TooSoon => "Not sent: too soon",
        SendResultKind.Busy => "Not sent: the server is busy",
        SendResultKind.Rejected => "Rejected by the server",
        SendResultKind.Unreachable => "Server not reached",
        SendResultKind.ServerFailed => "The server failed",
        SendResultKind.MayHaveArrived => "No answer: the report may have arrived",
        SendResultKind.DigestMismatch => "The server has something else",
        _ => "No report to send",
    };

    public static string Of(CollectedResultKind kind) => kind switch
    {
        CollectedResultKind.Shown => "This is what was collected",
        CollectedResultKind.Deleted => "Deleted on the server",
        CollectedResultKind.NothingSent => "There is nothing to ask for",
        CollectedResultKind.NotTheOwner => "The server does not do that for this installation",
        CollectedResultKind.Busy => "Not at the moment",
        CollectedResultKind.Unreachable => "Server not reached",
        CollectedResultKind.MayBeDeleted => "No answer: it may be deleted",
        CollectedResultKind.Unsupported => "The server is too old for that",
        _ => "The server failed",
    };

    public static string Of(UnreachableCause cause) => cause switch
    {
        UnreachableCause.Dns => "the name is not known",
        UnreachableCause.Refused => "the connection was refused",
        UnreachableCause.Tls => "no trustworthy TLS connection",
        UnreachableCause.Timeout => "no answer in time",
        UnreachableCause.Http11Only => "only HTTP/1.1 on the way",
        UnreachableCause.NotTelemetry => "something else answered",
        _ => "the connection failed",
    };

    public static string Of(ClaimVerdict verdict) => verdict switch
    {
        ClaimVerdict.Community => "none claimed",
        ClaimVerdict.Verified => "verified",
        ClaimVerdict.Refused => "claimed, refused",
        ClaimVerdict.Unverified => "claimed, not checked",
        _ => "not said",
    };
}
