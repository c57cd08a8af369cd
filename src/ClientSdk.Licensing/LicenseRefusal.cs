using Telemetry.Contracts.V1;

namespace Telemetry.Client.Licensing;

/// <summary>The server's no, in its words.</summary>
internal sealed record LicenseRefusal(LicenseVerdict Verdict, string Message, string NextStep);
