namespace Telemetry.Server.Rpc;

/// <summary>Stable reason codes of refusals (google.rpc.ErrorInfo, domain "telemetry"). Clients rely on them.</summary>
internal static class ErrorReasons
{
    public const string Domain = "telemetry";

    public const string RequestMalformed = "REQUEST_MALFORMED";
    public const string RequestInvalid = "REQUEST_INVALID";
    public const string ReportInvalid = "REPORT_INVALID";
    public const string ReportedRecently = "REPORTED_RECENTLY";
    public const string TooManyNewInstallations = "TOO_MANY_NEW_INSTALLATIONS";
    public const string TooManyRequests = "TOO_MANY_REQUESTS";
    public const string Overloaded = "OVERLOADED";
    public const string TooManyWrongKeys = "TOO_MANY_WRONG_KEYS";
    public const string NotTheOwner = "NOT_THE_OWNER";
    public const string TooManyOwnDataCalls = "TOO_MANY_OWN_DATA_CALLS";
    public const string StoreUnavailable = "STORE_UNAVAILABLE";
    public const string InsightsBehind = "INSIGHTS_BEHIND";
    public const string Stopping = "STOPPING";
    public const string TokenMissing = "TOKEN_MISSING";
    public const string TokenUnknown = "TOKEN_UNKNOWN";
    public const string TokenExpired = "TOKEN_EXPIRED";
    public const string TokenRevoked = "TOKEN_REVOKED";
    public const string TokenReplaced = "TOKEN_REPLACED";
    public const string TokenRefused = "TOKEN_REFUSED";
    public const string TooManyWrongTokens = "TOO_MANY_WRONG_TOKENS";
    public const string ScopeMissing = "SCOPE_MISSING";
    public const string AppNotAllowed = "APP_NOT_ALLOWED";
    public const string CallClosed = "CALL_CLOSED";
    public const string PositionUnknown = "POSITION_UNKNOWN";
    public const string PositionExpired = "POSITION_EXPIRED";
    public const string NotFound = "NOT_FOUND";
    public const string AlreadyExists = "ALREADY_EXISTS";
    public const string NotAllowedNow = "NOT_ALLOWED_NOW";
    public const string ContractInvalid = "CONTRACT_INVALID";
    public const string ContractIncompatible = "CONTRACT_INCOMPATIBLE";
    public const string MessageTooLarge = "MESSAGE_TOO_LARGE";
    public const string CompressionUnsupported = "COMPRESSION_UNSUPPORTED";
    public const string MethodUnknown = "METHOD_UNKNOWN";
    public const string OriginNotAllowed = "ORIGIN_NOT_ALLOWED";
    public const string DataDamaged = "DATA_DAMAGED";
    public const string InternalError = "INTERNAL_ERROR";
}
