using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;

namespace Telemetry.Server.Demo;

/// <summary>The simulated vendor at the license desk: issues, prolongs and ends licenses, as an admin does by calls.</summary>
/// <remarks>What was done before is not done twice, whenever it is asked for again. Threading: keys any, the rest one caller.</remarks>
internal sealed class DemoLicenses(
    LicenseClerk clerk, LicenseDesk desk, LicenseBook book, IssueCalls calls, LicenseQuestions questions,
    IOptions<LicensingOptions> options)
{
    private const int CheckEvery = 7;

    private readonly ConcurrentDictionary<DemoLicense, string> _keys = new();
    private readonly List<(SubscriptionKeyHash, LicensedInstanceId)> _checked = [];
    private bool _begun;

    /// <summary>The key that the customer has in hand.</summary>
    public string KeyOf(DemoLicense license) =>
        _keys.GetOrAdd(license, one => calls.KeyFor(one.RequestId, options.Value.KeyPrefix));

    /// <summary>Does what is due on a day, before anybody reports.</summary>
    public async Task BeginAsync(int day, DateOnly firstDay)
    {
        await book.RenewAsync(_checked, firstDay.AddDays(day - 1)).ConfigureAwait(false);
        _checked.Clear();
        // The first time also what an earlier run may not have come to.
        foreach (var license in DemoLicense.All.Where(license => license.Issued <= day && (!_begun || license.ChangesOn(day))))
        {
            await KeepAsync(license, day, firstDay).ConfigureAwait(false);
        }

        _begun = true;
    }

    /// <summary>An installation checks its license when it gets the key, and every week from then on.</summary>
    public async ValueTask CheckAsync(DemoInstallation installation, int day)
    {
        if (installation.Claim is { License: { } license, IsActivated: true } claim
            && (day == claim.From || (day > claim.From && day % CheckEvery == 0))
            && questions.Read(KeyOf(license), installation.Site.Hash, null, installation.App, null, out _) is { } question)
        {
            await desk.CheckAsync(question, CancellationToken.None).ConfigureAwait(false);
            _checked.Add((question.Key, question.Instance));
        }
    }

    private async Task KeepAsync(DemoLicense license, int day, DateOnly firstDay)
    {
        var begin = MomentOf(firstDay, license.Issued);
        var order = new LicenseOrder
        {
            CustomerReference = license.Customer,
            Edition = "enterprise",
            Apps = license.Apps,
            Limits = new Dictionary<string, ulong>(),
            InstancesAllowed = license.Seats,
            Overage = license.Overage,
            NotBefore = begin,
            ExpiresAt = license.Days == 0 ? null : begin.AddDays(license.Days),
            Grace = TimeSpan.FromDays(7),
        };
        var call = calls.Of(license.RequestId, order, options.Value.KeyPrefix, "");
        var issued = await clerk.IssueAsync(order, KeyOf(license), call, CancellationToken.None).ConfigureAwait(false);
        if (issued is not IssueOutcome.Issued { Entry: var entry })
        {
            return;
        }

        await clerk.ChangeAsync(entry.License.Id, current => current with
        {
            ExpiresAt = license.Renewed is { } renewed && renewed.Day <= day
                ? begin.AddDays(license.Days + renewed.Days)
                : current.ExpiresAt,
            State = license.StateFrom is { } ended && ended.Day <= day ? ended.State : current.State,
        }, CancellationToken.None).ConfigureAwait(false);
    }

    private static DateTimeOffset MomentOf(DateOnly firstDay, int day) =>
        new(firstDay.AddDays(day), TimeOnly.MinValue, TimeSpan.Zero);
}
