namespace Telemetry.Server.Rpc;

/// <summary>Knows which admin tokens are good.</summary>
internal interface IAdminTokenVerifier
{
    /// <summary>Whether the token is known; compares in constant time.</summary>
    bool IsKnown(string token);
}
