using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Telemetry.Dashboard.Browser.Tests;

/// <summary>Licenses from issue to revocation, as a person does it.</summary>
public sealed class LicenseTests(DashboardFixture fixture) : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("telemetry-dashboard").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_license_is_issued_suspended_and_revoked_only_by_typing_the_customer()
    {
        using var server = await DashboardServer.StartAsync(_data);
        await using var visitor = await Visitor.ComeAsync(fixture.Browser);
        var page = visitor.Page;
        await visitor.SignInAsync(server.Address, server.Token, "/licenses");

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Issue license" }).ClickAsync();
        await page.GetByLabel("Customer").Last.FillAsync("C-77");
        await page.GetByRole(AriaRole.Checkbox, new PageGetByRoleOptions { Name = "RoomVox" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Issue license" }).Last.ClickAsync();
        await Expect(page.Locator("#issued-key")).ToContainTextAsync("-");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Done" }).ClickAsync();

        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "C-77" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Suspend" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).Filter(new LocatorFilterOptions { HasText = "License suspended." })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Revoke …" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "Revoke license" });
        var revoke = dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Revoke license" });
        await Expect(revoke).ToHaveAttributeAsync("aria-disabled", "true");
        await dialog.GetByRole(AriaRole.Textbox).FillAsync("C-77");
        await revoke.ClickAsync();
        await Expect(page.Locator("table.data tbody tr", new PageLocatorOptions { HasText = "C-77" })).ToContainTextAsync("revoked");
    }
}
