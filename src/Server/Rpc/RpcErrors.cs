using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Telemetry.Schema;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Rpc;

/// <summary>
/// Every refusal that a gRPC caller can get, one method per situation: the status, a stable reason, and the way out in
/// the message (rich error model, google.rpc.Status).
/// </summary>
internal static class RpcErrors
{
    /// <summary>A longer text is no app's name.</summary>
    private const int MaxAppLength = 32;

    /// <summary>A report that breaks rules, all of which are told at once.</summary>
    public static RpcStatus ReportInvalid(IReadOnlyList<Violation> violations) => Status(
        StatusCode.InvalidArgument, ErrorReasons.ReportInvalid,
        $"The report breaks {violations.Count} {(violations.Count == 1 ? "rule" : "rules")}: {string.Join("; ", violations.Select(violation => $"{violation.Field} {violation.Description}"))}.",
        Broken(violations.Select(violation => (violation.Field, violation.Description))));

    public static RpcException Invalid(string reason, string message, IEnumerable<(string Field, string Rule)> violations) =>
        Create(StatusCode.InvalidArgument, reason, message, Broken(violations));

    public static RpcException InvalidField(string field, string rule) =>
        Invalid(ErrorReasons.RequestInvalid, $"{field} {rule}.", [(field, rule)]);

    public static RpcStatus ReportedRecently(string message, TimeSpan retryAfter) =>
        Retry(StatusCode.ResourceExhausted, ErrorReasons.ReportedRecently, message, retryAfter);

    public static RpcStatus TooManyNewInstallations(string message, TimeSpan retryAfter) =>
        Retry(StatusCode.ResourceExhausted, ErrorReasons.TooManyNewInstallations, message, retryAfter);

    /// <summary>What a caller gets whose request is refused before the gRPC library sees it.</summary>
    public static RpcStatus TooManyRequests(string message, TimeSpan retryAfter) =>
        Retry(StatusCode.ResourceExhausted, ErrorReasons.TooManyRequests, message, retryAfter);

    public static RpcStatus Overloaded(string message, TimeSpan retryAfter) =>
        Retry(StatusCode.ResourceExhausted, ErrorReasons.Overloaded, message, retryAfter);

    public static RpcException TooManyWrongKeys(string message, TimeSpan retryAfter) =>
        Retry(StatusCode.ResourceExhausted, ErrorReasons.TooManyWrongKeys, message, retryAfter).ToRpcException();

    /// <summary>One answer for all that is not the owner's, so that nobody learns of whom something is stored.</summary>
    public static RpcException NotTheOwner() => Create(
        StatusCode.PermissionDenied, ErrorReasons.NotTheOwner,
        "Nothing is shown or erased by this proof: nothing is stored under it, or not every report since the first carried this secret. "
        + "Ask the vendor, who can show and erase an installation by its URL.");

    public static RpcException TooManyOwnDataCalls(string message, TimeSpan retryAfter) =>
        Retry(StatusCode.ResourceExhausted, ErrorReasons.TooManyOwnDataCalls, message, retryAfter).ToRpcException();

    public static RpcStatus StoreUnavailable(string message, TimeSpan retryAfter) =>
        Retry(StatusCode.Unavailable, ErrorReasons.StoreUnavailable, message, retryAfter);

    public static RpcStatus InsightsBehind(long number, long current) =>
        Retry(StatusCode.Unavailable, ErrorReasons.InsightsBehind,
            $"Answers about the fleet are being made ready: {number} of {current} events are read. Ask again in a moment.",
            TimeSpan.FromSeconds(5));

    public static RpcException BackupIsMade(TimeSpan retryAfter) =>
        Retry(StatusCode.ResourceExhausted, ErrorReasons.NotAllowedNow, "A backup is being made at this moment. Ask for another one when it is done.", retryAfter)
            .ToRpcException();

    public static RpcException BackupFailed(TimeSpan retryAfter) =>
        Retry(StatusCode.Unavailable, ErrorReasons.StoreUnavailable,
            "The backup could not be made, and nothing of it is left. The server's log says why: a full or missing disk, most often.", retryAfter).ToRpcException();

    public static RpcException Stopping() =>
        Retry(StatusCode.Unavailable, ErrorReasons.Stopping,
            "The server is stopping. Connect again in a moment and resume after the last position.",
            TimeSpan.FromSeconds(2)).ToRpcException();

    public static RpcStatus TokenMissing() => Status(
        StatusCode.Unauthenticated, ErrorReasons.TokenMissing,
        "This call needs a token: send it as metadata 'authorization: Bearer TOKEN'. "
        + "An owner makes tokens with 'telemetry token create' or in the dashboard; the server prints the first one when it starts for the first time.");

    public static RpcStatus TokenUnknown() => Status(
        StatusCode.Unauthenticated, ErrorReasons.TokenUnknown,
        "This token is not known here. Check that it was copied whole and belongs to this server.");

    public static RpcStatus TokenExpired(DateTimeOffset at) => Status(
        StatusCode.Unauthenticated, ErrorReasons.TokenExpired,
        FormattableString.Invariant($"This token expired at {at:yyyy-MM-dd HH:mm} UTC. An owner can rotate it, which gives it a new secret and end."));

    public static RpcStatus TokenRevoked(DateTimeOffset at) => Status(
        StatusCode.Unauthenticated, ErrorReasons.TokenRevoked,
        FormattableString.Invariant($"This token was revoked at {at:yyyy-MM-dd HH:mm} UTC. Ask an owner for another one."));

    public static RpcStatus TokenReplaced() => Status(
        StatusCode.Unauthenticated, ErrorReasons.TokenReplaced,
        "This token was rotated, and the overlap is over. Use its new secret.");

    /// <summary>Of a token of the identity provider.</summary>
    public static RpcStatus TokenRefused(string why) => Status(
        StatusCode.Unauthenticated, ErrorReasons.TokenRefused,
        $"This token of the identity provider is not taken: {why}. Sign in there again; the operator's settings are Access:Issuer, Access:Audience and Access:Grants.");

    public static RpcStatus TooManyWrongTokens(string message, TimeSpan retryAfter) =>
        Retry(StatusCode.ResourceExhausted, ErrorReasons.TooManyWrongTokens, message, retryAfter);

    public static RpcStatus ScopeMissing(string needed, string held) => Status(
        StatusCode.PermissionDenied, ErrorReasons.ScopeMissing,
        $"This call needs a token with scope {needed}, and this one has {held}. Ask an owner for such a token.");

    public static RpcStatus AllAppsNeeded(IEnumerable<string> apps) => Status(
        StatusCode.PermissionDenied, ErrorReasons.AppNotAllowed,
        $"This call concerns all apps, and this token is limited to {string.Join(", ", apps)}. Use a token without a limit.");

    /// <param name="field">Where the app is named; null when what was found is of it.</param>
    /// <param name="app">The app.</param>
    /// <param name="apps">Those of the token.</param>
    public static RpcException AppNotAllowed(string? field, string app, IEnumerable<string> apps) => Create(
        StatusCode.PermissionDenied, ErrorReasons.AppNotAllowed,
        $"{(field is null ? "This is" : field + " asks")} for {(app.Length <= MaxAppLength ? $"'{app}'" : "another app")}, "
        + $"and this token is limited to {string.Join(", ", apps)}. Ask for those, or use a token for that app.");

    public static RpcStatus CallClosed() => Status(
        StatusCode.PermissionDenied, ErrorReasons.CallClosed,
        "This call is closed: its contract does not say who may make it.");

    public static RpcException PositionUnknown() =>
        Create(StatusCode.FailedPrecondition, ErrorReasons.PositionUnknown,
            "This log never reached that position: the data directory is new or was restored from a backup. "
            + "What was read before may be read again; start at the beginning, or from now on.");

    public static RpcException PositionExpired(long oldest) =>
        Create(StatusCode.OutOfRange, ErrorReasons.PositionExpired,
            $"Events after that position are no longer kept; the oldest kept one is {oldest}. "
            + "Start at the beginning to read everything that is kept.");

    public static RpcException NotFound(string message) =>
        Create(StatusCode.NotFound, ErrorReasons.NotFound, message);

    public static RpcException AlreadyExists(string message) =>
        Create(StatusCode.AlreadyExists, ErrorReasons.AlreadyExists, message);

    public static RpcException FailedPrecondition(string message) =>
        Create(StatusCode.FailedPrecondition, ErrorReasons.NotAllowedNow, message);

    public static RpcStatus Internal(string incident) => Status(
        StatusCode.Internal, ErrorReasons.InternalError,
        $"The server failed. Its log has the particulars under incident {incident}.");

    public static RpcException DataDamaged(string incident) =>
        Create(StatusCode.DataLoss, ErrorReasons.DataDamaged,
            "What is stored there is damaged and is not handed out. The operator can see where with --verify; "
            + $"the server's log has the particulars under incident {incident}.");

    /// <param name="isConflict">Whether it is good in itself, and cannot stand beside what is registered.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="violations">Each broken rule.</param>
    public static RpcException ContractRefused(bool isConflict, string message, IEnumerable<(string Field, string Rule)> violations) =>
        isConflict
            ? Create(StatusCode.FailedPrecondition, ErrorReasons.ContractIncompatible, message, Broken(violations))
            : Invalid(ErrorReasons.ContractInvalid, message, violations);

    /// <summary>What a caller gets whose bytes are no message of the method.</summary>
    public static RpcStatus Malformed() => Status(
        StatusCode.InvalidArgument, ErrorReasons.RequestMalformed,
        "The request is not a complete message of this method. Check framing and contract (telemetry.v1).");

    /// <summary>Of the method that takes many reports.</summary>
    public static RpcStatus MessageTooLarge() => Status(
        StatusCode.ResourceExhausted, ErrorReasons.MessageTooLarge,
        "The message has more than 4 MB. Send less at a time: SubmitReports takes up to 1000 reports, and any number of calls.");

    /// <summary>Of any other method.</summary>
    public static RpcStatus SingleMessageTooLarge() => Status(
        StatusCode.ResourceExhausted, ErrorReasons.MessageTooLarge,
        "The message has more than 72 KB. Only SubmitReports takes more, up to 4 MB, and RegisterApp, up to 1 MB; send each report "
        + "as a message of its own.");

    public static RpcStatus CompressionUnsupported() => Status(
        StatusCode.Unimplemented, ErrorReasons.CompressionUnsupported,
        "Compressed messages are not taken. Send them as they are, without grpc-encoding.");

    public static RpcStatus MethodUnknown() => Status(
        StatusCode.Unimplemented, ErrorReasons.MethodUnknown,
        "This server has no such method. Reflection lists what it has; a newer contract needs a newer server.");

    /// <summary>The health service knows no service of that name.</summary>
    public static RpcStatus ServiceUnknown() => Status(
        StatusCode.NotFound, ErrorReasons.NotFound,
        "No service of that name has a health here. Ask for a name that reflection lists, or with an empty one for all.");

    public static RpcStatus OriginNotAllowed() => Status(
        StatusCode.PermissionDenied, ErrorReasons.OriginNotAllowed,
        "A web page of an origin that is not allowed made this call. The operator can add the origin to Cors:Origins.");

    /// <summary>What a caller gets whose JSON is no request of the call.</summary>
    public static RpcStatus JsonMalformed() => Status(
        StatusCode.InvalidArgument, ErrorReasons.RequestMalformed,
        "The request does not fit this call: a field is not known or has another type than the contract says. "
        + "/openapi.json describes what it takes.");

    /// <summary>A refusal by the web server or of plain HTTP, in the contract's shape.</summary>
    public static RpcStatus OfHttp(int http, string message, TimeSpan? retryAfter)
    {
        var (code, reason) = http switch
        {
            StatusCodes.Status403Forbidden => (StatusCode.PermissionDenied, ErrorReasons.OriginNotAllowed),
            StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => (StatusCode.Unimplemented, ErrorReasons.MethodUnknown),
            StatusCodes.Status413PayloadTooLarge => (StatusCode.ResourceExhausted, ErrorReasons.MessageTooLarge),
            StatusCodes.Status429TooManyRequests => (StatusCode.ResourceExhausted, ErrorReasons.TooManyRequests),
            >= StatusCodes.Status500InternalServerError => (StatusCode.Internal, ErrorReasons.InternalError),
            _ => (StatusCode.InvalidArgument, ErrorReasons.RequestMalformed),
        };
        return retryAfter is { } wait ? Retry(code, reason, message, wait) : Status(code, reason, message);
    }

    private static BadRequest Broken(IEnumerable<(string Field, string Rule)> violations) => new()
    {
        FieldViolations =
        {
            violations.Select(violation =>
                new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Rule }),
        },
    };

    private static RpcStatus Retry(StatusCode code, string reason, string message, TimeSpan retryAfter) =>
        Status(code, reason, message, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) });

    private static RpcException Create(StatusCode code, string reason, string message, IMessage? detail = null) =>
        Status(code, reason, message, detail).ToRpcException();

    private static RpcStatus Status(StatusCode code, string reason, string message, IMessage? detail = null)
    {
        var status = new RpcStatus
        {
            Code = (int)code,
            Message = message,
            Details = { Any.Pack(new ErrorInfo { Reason = reason, Domain = ErrorReasons.Domain }) },
        };
        if (detail is not null)
        {
            status.Details.Add(Any.Pack(detail));
        }

        return status;
    }
}
