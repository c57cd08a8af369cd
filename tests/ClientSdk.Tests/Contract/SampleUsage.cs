using Telemetry.ClientSdk.Tests.Contract.Sampler;

namespace Telemetry.ClientSdk.Tests.Contract;

/// <summary>Figures of an app whose contract has every kind of field.</summary>
internal static class SampleUsage
{
    public static Usage Full() => new()
    {
        Count = 7,
        Large = 9_000_000_000,
        Mean = 36.25,
        Flag = false,
        Plan = Plan.ProPlus,
        Edition = "large",
        PlatformVersion = "1.2.3",
        Modules = { "mail", "chat" },
        Files = { ["image"] = 8_000_000_000, ["text"] = 2 },
        Pages = { ["de"] = 3, ["pt-BR"] = 1 },
        Sync = new Sync { Enabled = true, Targets = { ["disk"] = 4 } },
        Newcomer = 1,
    };
}
