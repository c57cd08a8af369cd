using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Telemetry.Server.Callers;

/// <summary>
/// Section "Limits": what one caller, an IPv4 address or an IPv6 network of 64 bits, may take of the server, and what all
/// may take together. Zero switches a limit off.
/// </summary>
internal sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>First reports of unknown installations that one caller may bring in within an hour. Default: 100.</summary>
    [Range(0, int.MaxValue)]
    public int NewInstallationsPerHour { get; set; } = 100;

    /// <summary>
    /// Requests of one caller within a minute; each report of a request counts. A request passes whole while anything is
    /// left. Default: 6,000.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int RequestsPerMinute { get; set; } = 6_000;

    /// <summary>
    /// Tokens that were never known here, of one caller within a minute; when they are used up, no token of this caller is
    /// looked at before the minute is over. Default: 20.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int WrongTokensPerMinute { get; set; } = 20;

    /// <summary>
    /// Calls of one caller within an hour that show or erase what was collected of an installation, by proof that it is the caller's;
    /// right and wrong ones. Default: 30.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int OwnDataCallsPerHour { get; set; } = 30;

    /// <summary>Requests of one caller at a time, streams aside. Default: 500.</summary>
    [Range(0, int.MaxValue)]
    public int RequestsAtOnce { get; set; } = 500;

    /// <summary>
    /// Requests with many reports of one caller at a time, each of which can take 4 MB of memory; of all callers eight
    /// times as many. Default: 8.
    /// </summary>
    [Range(0, int.MaxValue / AllCallers)]
    public int BatchesAtOnce { get; set; } = 8;

    /// <summary>
    /// Streams that need no token (health watches, reflection, exports by proof) of one caller at a time; of all callers eight times as
    /// many. Default: 100.
    /// </summary>
    [Range(0, int.MaxValue / AllCallers)]
    public int StreamsAtOnce { get; set; } = 100;

    /// <summary>Connections of one caller at a time; those of a trusted proxy are not counted. Default: 200.</summary>
    [Range(0, int.MaxValue)]
    public int ConnectionsPerCaller { get; set; } = 200;

    /// <summary>Connections of all callers at a time, on each listener. Default: 10,000.</summary>
    [Range(0, int.MaxValue)]
    public int Connections { get; set; } = 10_000;

    /// <summary>How many times of what one caller may hold at a time all callers may.</summary>
    public const int AllCallers = 8;
}

/// <summary>Holds the ranges that the options declare; the code is generated.</summary>
[OptionsValidator]
internal sealed partial class LimitOptionsValidator : IValidateOptions<LimitOptions>;
