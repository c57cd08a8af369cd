using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Schema;

namespace Telemetry.Server.Ingestion;

/// <summary>Cuts a report off from who sent it: a pseudonym for the hash, a verdict for the key, a keyed hash for the owner's secret. What leaves here may be stored.</summary>
/// <remarks>Threading: any number of callers. No I/O.</remarks>
internal sealed class ReportCleaner(Pseudonyms pseudonyms, ClaimJudge claims)
{
    /// <param name="submitted">A report that breaks no rule.</param>
    public Report Clean(SubmittedReport submitted)
    {
        var values = submitted.Values!;
        var flags = new SubscriptionFlags(values.Flag(CoreFields.ValidSubscription), values.Flag(CoreFields.ExtendedSupport));
        var instance = pseudonyms.Of(submitted.InstanceHash);
        var report = new Report
        {
            ReportId = submitted.ReportId,
            ContentTag = pseudonyms.OfContent(submitted.Sha256),
            Instance = instance,
            Schema = submitted.Schema,
            Values = values,
            Body = submitted.Body,
            Claim = claims.Judge(submitted.Schema.App, flags, submitted.SubscriptionKey, submitted.InstanceHash),
            CountrySource = submitted.CountrySource,
            Owner = submitted.OwnershipSecret is { } secret ? pseudonyms.OfOwner(instance, submitted.Schema.App, secret) : 0,
        };
        // The state is made of the values, and knows neither.
        values.Texts[CoreFields.ReportId] = values.Texts[CoreFields.InstanceHash] = values.Texts[CoreFields.Key] = null;
        return report;
    }
}
