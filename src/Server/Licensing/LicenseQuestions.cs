using System.Net;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Telemetry.Schema;

namespace Telemetry.Server.Licensing;

/// <summary>Turns what an edge received into a question, or says what is malformed. A bad key is never malformed.</summary>
internal sealed class LicenseQuestions(Pseudonyms pseudonyms, AppRegistry apps)
{
    /// <param name="key">The key as typed.</param>
    /// <param name="instanceHash">The hash that stands for the installation.</param>
    /// <param name="previousHash">The hash before; null or empty when there is none.</param>
    /// <param name="app">The app, by its slug; null when the caller cannot say.</param>
    /// <param name="peer">Where the caller is.</param>
    /// <param name="violations">Field names of the contract and rules; empty when there is a question.</param>
    public LicenseQuestion? Read(
        string? key, string? instanceHash, string? previousHash, string? app, IPAddress? peer,
        out IReadOnlyList<(string Field, string Rule)> violations)
    {
        if (Check(key, instanceHash, previousHash, app) is { } broken)
        {
            violations = broken;
            return null;
        }

        violations = [];

        var canonical = LicenseKey.Canonical(key!);
        return new LicenseQuestion(
            pseudonyms.OfKey(canonical), LicenseKey.IsWellFormed(canonical), pseudonyms.OfLicensed(instanceHash!),
            string.IsNullOrEmpty(previousHash) ? null : pseudonyms.OfLicensed(previousHash), app, peer);
    }

    private List<(string Field, string Rule)>? Check(
        string? key, string? instanceHash, string? previousHash, string? app)
    {
        List<(string, string)>? violations = null;
        if (app is not null && apps.Find(app) is null)
        {
            (violations ??= []).Add(("app", apps.Rule));
        }

        if (key is not { Length: > 0 and <= LicenseKey.MaxLength })
        {
            (violations ??= []).Add(("license_key", "is required and has at most 256 characters"));
        }

        if (InstanceHashFormat.BrokenRule(instanceHash) is { } rule)
        {
            (violations ??= []).Add(("instance_hash", rule));
        }

        if (!string.IsNullOrEmpty(previousHash) && InstanceHashFormat.BrokenRule(previousHash) is { } previousRule)
        {
            (violations ??= []).Add(("previous_instance_hash", previousRule));
        }

        return violations;
    }
}

/// <summary>Who asks about which key, after everything that identifies was re-keyed.</summary>
/// <param name="Key">Keyed hash of the key.</param>
/// <param name="WellFormed">Whether the key has the form that this server gives keys.</param>
/// <param name="Instance">The installation.</param>
/// <param name="Previous">What it was before; null when it did not change.</param>
/// <param name="App">The app, by its slug; null when the caller does not say.</param>
/// <param name="Peer">Where the caller is, for the throttle alone; never stored or logged.</param>
internal sealed record LicenseQuestion(
    SubscriptionKeyHash Key, bool WellFormed, LicensedInstanceId Instance, LicensedInstanceId? Previous, string? App,
    IPAddress? Peer);
