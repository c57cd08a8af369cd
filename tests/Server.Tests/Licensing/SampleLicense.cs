using Telemetry.Server.Model;
using Telemetry.Server.Tests.Storage;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>A license as it is stored: active, for RoomVox on one installation, without an end.</summary>
internal static class SampleLicense
{
    public static License Of(int number) => new()
    {
        Id = new LicenseId((ulong)number),
        Sequence = number,
        KeyHash = new SubscriptionKeyHash((UInt128)number),
        KeyMask = "RVOX-...-ABCD",
        CustomerReference = "C-1",
        Edition = "enterprise",
        Apps = ["roomvox"],
        Limits = LicenseLease.NoUsage,
        InstancesAllowed = 1,
        Overage = OveragePolicy.Refuse,
        State = LicenseState.Active,
        IssuedAt = TemporaryStore.NoLimit.Now,
        ChangedAt = TemporaryStore.NoLimit.Now,
    };
}
