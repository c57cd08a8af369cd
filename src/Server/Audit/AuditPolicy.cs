using Telemetry.Server.Model;

namespace Telemetry.Server.Audit;

/// <summary>What of a call is recorded, as its contract says; stands in the metadata of its endpoint.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Action">What it is called in the log.</param>
/// <param name="AppPaths">Paths of request fields that name apps.</param>
/// <param name="IsOpen">Whether it is made without a token.</param>
internal sealed record AuditPolicy(AuditKind Kind, string Action, IReadOnlyList<string> AppPaths, bool IsOpen);
