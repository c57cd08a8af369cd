using Telemetry.Client;
using Telemetry.Client.Collect;
using Telemetry.Contracts.V1;
using Found = Telemetry.Contracts.V1.Environment;

namespace Telemetry.ClientSdk.Tests.Collect;

public sealed class EnvironmentCollectorTests
{
    [Fact]
    public void The_system_is_told_by_family_and_version()
    {
        var found = Collect(new HostFacts());

        Assert.Equal(OperatingSystem.IsLinux() ? OsFamily.Linux : found.OsFamily, found.OsFamily);
        Assert.Equal(System.Environment.Version.ToString(), found.DotnetVersion);
    }

    [Fact]
    public void The_country_is_what_the_app_says_and_never_guessed()
    {
        // Both would tell.
        Assert.Equal("", Collect(new HostFacts { Language = "de-AT", Timezone = "Europe/Vienna" }).Country);
        Assert.Equal("DE", Collect(new HostFacts { Country = "DE" }).Country);
    }

    [Fact]
    public void What_the_app_knows_better_goes_before_what_is_found()
    {
        var found = Collect(new HostFacts
        {
            Language = "pt-BR",
            Timezone = "America/Sao_Paulo",
            Database = Database.Sqlite,
            WebServer = WebServer.Caddy,
        });

        Assert.Equal(
            ("pt-BR", "America/Sao_Paulo", Database.Sqlite, WebServer.Caddy),
            (found.Language, found.Timezone, found.Database, found.WebServer));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("1")]
    public void A_container_is_known_by_what_its_image_sets(string value) =>
        Assert.True(EnvironmentCollector.Collect(
            new HostFacts(), name => name == "DOTNET_RUNNING_IN_CONTAINER" ? value : null).Container);

    private static Found Collect(HostFacts facts) => EnvironmentCollector.Collect(facts, _ => null);
}
