using Telemetry.Server.Admin;
using Telemetry.Server.Demo;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Hosting;

/// <summary>Knows the simulated fleet's token beside those that the store keeps.</summary>
internal sealed class DemoTokenVerifier(AdminTokens kept, DemoToken demo) : IAdminTokenVerifier
{
    public bool IsKnown(string token) => demo.Is(token) || kept.IsKnown(token);
}
