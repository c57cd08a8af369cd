using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Licensing;

/// <summary>Writes what is known about licenses as contract messages.</summary>
internal static class LicenseMapper
{
    public static Wire.LicenseDecision Decision(LicenseJudgement judgement) => new()
    {
        Verdict = (Wire.LicenseVerdict)judgement.Verdict,
        Licensed = judgement.Licensed,
        Message = LicenseSentences.Message(judgement),
        NextStep = LicenseSentences.NextStep(judgement),
        Until = ToWire(judgement.Until),
    };

    public static Wire.License ToWire(LicenseEntry entry, int liveInstances)
    {
        var license = entry.License;
        return new Wire.License
        {
            LicenseId = license.Id.ToString(),
            MaskedKey = license.KeyMask,
            CustomerReference = license.CustomerReference,
            Edition = license.Edition,
            Apps = { license.Apps },
            Limits = { Limits(license) },
            InstancesAllowed = (uint)license.InstancesAllowed,
            OveragePolicy = (Wire.OveragePolicy)license.Overage,
            NotBefore = ToWire(license.NotBefore),
            ExpiresAt = ToWire(license.ExpiresAt),
            Grace = Duration.FromTimeSpan(license.Grace),
            State = (Wire.LicenseState)license.State,
            IssuedAt = ToWire(license.IssuedAt),
            ChangedAt = ToWire(license.ChangedAt),
            Instances = (uint)liveInstances,
        };
    }

    public static Wire.LicensedInstance ToWire(LicenseLease lease, DateTimeOffset end) => new()
    {
        InstanceId = lease.Instance.ToString(),
        BoundOn = ToWire(StartOf(lease.BoundOn)),
        LastCheckOn = ToWire(StartOf(lease.LastCheckOn)),
        LeaseUntil = ToWire(end),
        Usage = { lease.Usage.ToDictionary() },
    };

    public static Dictionary<string, ulong> Limits(License license) => license.Limits.ToDictionary(StringComparer.Ordinal);

    public static Timestamp? ToWire(DateTimeOffset? moment) =>
        moment is { } known ? Timestamp.FromDateTimeOffset(known) : null;

    private static DateTimeOffset StartOf(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
