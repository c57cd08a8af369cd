using Grpc.Core;
using Google.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>Issuing again when the answer was lost, and changing no more than was meant.</summary>
public sealed class IssueRequestTests
{
    private const string RequestId = "7b8f1c9e-30a4-4a53-9a3e-0d4fb2c1a001";

    [Fact]
    public async Task The_same_request_id_gets_the_same_license_and_key_also_after_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-issue-").FullName;
        try
        {
            (Wire.License License, string Key) first;
            await using (var server = await TestServer.StartAsync(data))
            {
                first = await server.IssueAsync(order => order.RequestId = RequestId);
            }

            await using (var server = await TestServer.StartAsync(data))
            {
                var again = await server.IssueAsync(order => order.RequestId = RequestId);
                Assert.Equal(first, again);
                Assert.Equal(1ul, (await server.LicenseAdmin.ListLicensesAsync(new(), server.Authorized)).TotalSize);
                Assert.True((await server.CheckAsync(again.Key)).Decision.Licensed);
            }

            foreach (var file in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories))
            {
                var bytes = await File.ReadAllBytesAsync(file);
                foreach (var secret in (string[])[RequestId, first.Key, first.Key.Replace("-", "")])
                {
                    Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0, $"{file} holds it.");
                }
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Many_repetitions_at_once_issue_one_license()
    {
        await using var server = await TestServer.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.IssueAsync(order => order.RequestId = RequestId)));

        Assert.Single(answers.Select(answer => answer.Key).Distinct());
        Assert.Equal(1ul, (await server.LicenseAdmin.ListLicensesAsync(new(), server.Authorized)).TotalSize);
    }

    [Fact]
    public async Task The_same_request_id_with_another_order_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        await server.IssueAsync(order => order.RequestId = RequestId);

        foreach (var change in (Action<Wire.IssueLicenseRequest>[])
        [
            order => order.CustomerReference = "C-2",
            order => order.Edition = "basic",
            order => order.Apps.RemoveAt(0),
            order => order.Limits["rooms"] = 51,
            order => order.InstancesAllowed = 2,
            order => order.OveragePolicy = Wire.OveragePolicy.Allow,
            order => order.NotBefore = LicenseSamples.At(server.Time.GetUtcNow()),
            order => order.ExpiresAt = LicenseSamples.At(server.Time.GetUtcNow().AddDays(1)),
            order => order.Grace = new() { Seconds = 1 },
            order => order.KeyPrefix = "FORM",
            order => order.ExistingKey = "SOLD-BEFORE-1234-5678",
        ])
        {
            await RefusedAsync("request_id", () => server.IssueAsync(order =>
            {
                order.RequestId = RequestId;
                change(order);
            }));
        }

        await RefusedAsync("request_id", () => server.IssueAsync(order => order.RequestId = "short"));
        await RefusedAsync("request_id", () => server.IssueAsync(order => order.RequestId = new string('a', 65)));
    }

    [Fact]
    public async Task An_order_is_the_same_however_its_lists_are_ordered()
    {
        await using var server = await TestServer.StartAsync();
        var first = await server.IssueAsync(order =>
        {
            order.RequestId = RequestId;
            order.Limits["users"] = 7;
        });

        var again = await server.IssueAsync(order =>
        {
            order.RequestId = RequestId;
            order.Limits.Clear();
            order.Limits.Add(new Dictionary<string, ulong> { ["users"] = 7, ["rooms"] = 50 });
            order.Apps.Clear();
            order.Apps.Add(["formvox", "roomvox"]);
        });

        Assert.Equal(first.Key, again.Key);
    }

    [Fact]
    public async Task A_key_sold_before_can_be_adopted_repeatedly()
    {
        await using var server = await TestServer.StartAsync();
        var adopt = (Wire.IssueLicenseRequest order) =>
        {
            (order.ExistingKey, order.RequestId) = ("RVOX-TEST-1234-5678-9ABC", RequestId);
        };

        var first = await server.IssueAsync(adopt);

        Assert.Equal(first, await server.IssueAsync(adopt));
        Assert.Empty(first.Key);
    }

    [Fact]
    public async Task A_change_touches_what_the_mask_names_and_nothing_else()
    {
        await using var server = await TestServer.StartAsync();
        var (license, _) = await server.IssueAsync(order =>
        {
            order.ExpiresAt = LicenseSamples.At(server.Time.GetUtcNow().AddDays(9));
            order.Grace = new() { Seconds = 60 };
        });

        var endless = await ChangeAsync(server, license, "expires_at");
        Assert.Null(endless.ExpiresAt);
        Assert.Equal(license.Grace, endless.Grace);
        var strict = await ChangeAsync(server, license, "grace", "limits", "overage_policy");
        Assert.Equal(0, strict.Grace.Seconds);
        Assert.Empty(strict.Limits);
        Assert.Equal(license.CustomerReference, strict.CustomerReference);
        Assert.Equal(license.Apps, strict.Apps);

        await RefusedAsync("update_mask", () => ChangeAsync(server, license));
        await RefusedAsync("update_mask", () => ChangeAsync(server, license, "state"));
        await RefusedAsync("update_mask", () => ChangeAsync(server, license, "grace", "limits.rooms"));
        await RefusedAsync("update_mask", () => ChangeAsync(server, license, "*"));
        await RefusedAsync("apps", () => ChangeAsync(server, license, "apps"));
        await RefusedAsync("edition", () => ChangeAsync(server, license, "edition"));
        await RefusedAsync("instances_allowed", () => ChangeAsync(server, license, "instances_allowed"));
        await RefusedAsync("grace", async () => await server.LicenseAdmin.ChangeLicenseAsync(
            new()
            {
                LicenseId = license.LicenseId,
                Grace = new() { Seconds = 1 },
                Edition = "basic",
                UpdateMask = LicenseSamples.Mask("edition"),
            },
            server.Authorized));
    }

    [Fact]
    public async Task A_license_is_not_changed_to_end_before_it_begins()
    {
        await using var server = await TestServer.StartAsync();
        var begin = server.Time.GetUtcNow().AddDays(100);
        var (license, _) = await server.IssueAsync(order => order.NotBefore = LicenseSamples.At(begin));

        await RefusedAsync("expires_at", async () => await server.LicenseAdmin.ChangeLicenseAsync(
            new()
            {
                LicenseId = license.LicenseId,
                ExpiresAt = LicenseSamples.At(begin),
                UpdateMask = LicenseSamples.Mask("expires_at"),
            },
            server.Authorized));
    }

    private static async Task<Wire.License> ChangeAsync(TestServer server, Wire.License license, params string[] paths) =>
        (await server.LicenseAdmin.ChangeLicenseAsync(
            new() { LicenseId = license.LicenseId, UpdateMask = LicenseSamples.Mask(paths) }, server.Authorized)).License;

    private static async Task RefusedAsync(string field, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(field, refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(broken => broken.Field));
    }
}
