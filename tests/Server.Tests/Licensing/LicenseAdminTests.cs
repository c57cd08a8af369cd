using Google.Rpc;
using Grpc.Core;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>Licenses as the vendor manages them.</summary>
public sealed class LicenseAdminTests
{
    [Fact]
    public async Task A_license_is_issued_shown_without_its_key_changed_and_there_after_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-license-").FullName;
        try
        {
            Wire.License changed;
            string key;
            await using (var server = await TestServer.StartAsync(data))
            {
                (var license, key) = await server.IssueAsync();
                Assert.StartsWith("RVOX-", key, StringComparison.Ordinal);
                Assert.Equal($"RVOX-...-{key[^4..]}", license.MaskedKey);
                Assert.DoesNotContain(key, license.ToString(), StringComparison.OrdinalIgnoreCase);
                server.Time.Advance(TimeSpan.FromMinutes(1));
                changed = (await server.LicenseAdmin.ChangeLicenseAsync(
                    new()
                    {
                        LicenseId = license.LicenseId,
                        CustomerReference = "C-2002",
                        Limits = { ["rooms"] = 80, ["users"] = 500 },
                        InstancesAllowed = 3,
                        Apps = { "intravox" },
                        ExpiresAt = LicenseSamples.At(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)),
                        Grace = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromDays(7)),
                        UpdateMask = LicenseSamples.Mask(
                            "customer_reference", "limits", "instances_allowed", "apps", "expires_at", "grace"),
                    },
                    server.Authorized)).License;
                Assert.Equal("enterprise", changed.Edition);
                Assert.NotEqual(license.ChangedAt, changed.ChangedAt);
            }

            await using (var server = await TestServer.StartAsync(data))
            {
                var byId = await server.LicenseAdmin.GetLicenseAsync(new() { LicenseId = changed.LicenseId }, server.Authorized);
                var byKey = await server.LicenseAdmin.GetLicenseAsync(new() { LicenseKey = key.ToLowerInvariant() }, server.Authorized);
                Assert.Equal(changed, byId.License);
                Assert.Equal(changed, byKey.License);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_key_that_was_sold_before_is_honored_once()
    {
        await using var server = await TestServer.StartAsync();
        const string Sold = "RVOX-TEST-1234-5678-9ABC";

        var (license, key) = await server.IssueAsync(order => order.ExistingKey = Sold);
        var again = await Assert.ThrowsAsync<RpcException>(() => server.IssueAsync(order => order.ExistingKey = Sold));

        Assert.Empty(key);
        Assert.Equal("RVOX-...-9ABC", license.MaskedKey);
        Assert.Equal(StatusCode.AlreadyExists, again.StatusCode);
        Assert.True((await server.CheckAsync(Sold)).Decision.Licensed);
        Assert.Equal(
            Wire.LicenseVerdict.MalformedKey, (await server.CheckAsync("RVOX-TEST-1234-5678-9ABD")).Decision.Verdict);
    }

    [Fact]
    public async Task Licenses_are_listed_in_pages_and_by_filter()
    {
        await using var server = await TestServer.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await server.IssueAsync(order => order.CustomerReference = $"C-{i % 2}")).License.LicenseId);
        }

        await server.LicenseAdmin.RevokeLicenseAsync(new() { LicenseId = ids[0] }, server.Authorized);

        var first = await server.LicenseAdmin.ListLicensesAsync(new() { PageSize = 3 }, server.Authorized);
        var second = await server.LicenseAdmin.ListLicensesAsync(
            new() { PageSize = 3, PageToken = first.NextPageToken }, server.Authorized);
        var ofOne = await server.LicenseAdmin.ListLicensesAsync(new() { Filter = new() { CustomerReferences = { "C-0" } } }, server.Authorized);
        var revoked = await server.LicenseAdmin.ListLicensesAsync(new() { Filter = new() { States = { Wire.LicenseState.Revoked } } }, server.Authorized);
        var none = await server.LicenseAdmin.ListLicensesAsync(new() { Filter = new() { Apps = { "introvox" } } }, server.Authorized);

        Assert.Equal(ids, first.Licenses.Concat(second.Licenses).Select(license => license.LicenseId));
        Assert.Empty(second.NextPageToken);
        Assert.Equal((5ul, 5ul, 3ul, 1ul, 0ul), (first.TotalSize, second.TotalSize, ofOne.TotalSize, revoked.TotalSize, none.TotalSize));
        Assert.Equal(3, ofOne.Licenses.Count);
        Assert.Equal(ids[0], revoked.Licenses.Single().LicenseId);
        Assert.Empty(none.Licenses);
    }

    [Fact]
    public async Task A_place_is_taken_away_by_pseudonym_hash_or_URL()
    {
        await using var server = await TestServer.StartAsync();
        var (license, key) = await server.IssueAsync(order => order.InstancesAllowed = 3);
        foreach (var url in new[] { "https://1.example", "https://2.example", "https://3.example" })
        {
            await server.CheckAsync(key, url);
        }

        async Task<bool> ReleaseAsync(Wire.ReleaseLicenseInstanceRequest request)
        {
            request.LicenseId = license.LicenseId;
            return (await server.LicenseAdmin.ReleaseLicenseInstanceAsync(request, server.Authorized)).Released;
        }

        Assert.True(await ReleaseAsync(new() { InstanceUrl = "https://1.example/" }));
        Assert.True(await ReleaseAsync(new() { InstanceHash = SampleReports.HashOf("https://2.example") }));
        var left = await server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
        Assert.True(await ReleaseAsync(new() { InstanceId = left.Instances.Single().InstanceId }));
        Assert.False(await ReleaseAsync(new() { InstanceUrl = "https://1.example" }));
    }

    [Fact]
    public async Task Orders_that_break_rules_are_refused_with_every_rule_and_strangers_with_none()
    {
        await using var server = await TestServer.StartAsync();

        var broken = await Assert.ThrowsAsync<RpcException>(() => server.IssueAsync(order =>
        {
            order.CustomerReference = "jane.doe@example.org";
            order.Edition = "Enterprise Plus";
            order.Apps.Clear();
            order.Limits["Not a name"] = 1;
            order.InstancesAllowed = 100_001;
            order.Grace = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromDays(366));
            order.ExpiresAt = new() { Seconds = long.MaxValue };
            order.OveragePolicy = (Wire.OveragePolicy)9;
        }));
        var prefix = await Assert.ThrowsAsync<RpcException>(() => server.IssueAsync(order => order.KeyPrefix = "x"));
        var unknown = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.LicenseAdmin.GetLicenseAsync(new() { LicenseId = "0123456789abcdef" }, server.Authorized));
        var stranger = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.LicenseAdmin.IssueLicenseAsync(LicenseSamples.Order()));

        Assert.Equal(
            ["apps", "customer_reference", "edition", "expires_at", "grace", "instances_allowed", "limits", "overage_policy"],
            broken.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).Order());
        Assert.DoesNotContain("jane.doe", broken.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.InvalidArgument, prefix.StatusCode);
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, stranger.StatusCode);
    }
}
