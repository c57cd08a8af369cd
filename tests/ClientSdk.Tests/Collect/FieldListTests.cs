using Telemetry.Client;
using Telemetry.Client.Collect;
using Telemetry.Client.Consent;
using Telemetry.Client.State;
using Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Tests.Collect;

public sealed class FieldListTests
{
    [Fact]
    public void Fields_that_came_after_the_agreement_are_not_in_the_report()
    {
        var report = Full();
        Assert.All(FieldList.Fields, field => Assert.NotNull(field.ValueIn(report)));

        FieldList.Withhold(report, FieldList.Version);
        Assert.All(FieldList.Fields, field => Assert.NotNull(field.ValueIn(report)));

        // As an installation sees it that agreed before there was any list.
        FieldList.Withhold(report, 0);
        Assert.All(FieldList.Fields, field => Assert.Null(field.ValueIn(report)));
    }

    [Theory]
    [InlineData(ConsentModel.OptOut, 0u, 1u)]
    [InlineData(ConsentModel.BySchema, 0u, 0u)]
    [InlineData(ConsentModel.OptIn, 0u, 0u)]
    [InlineData(ConsentModel.BySchema, 7u, 1u)]
    public void The_list_in_force_is_the_one_agreed_to_unless_no_agreement_is_asked_for(
        ConsentModel model, uint agreed, uint inForce)
    {
        Assert.Equal(1u, FieldList.Version);
        Assert.Equal(inForce, ConsentRules.SchemaInForce(new InstallationState { AcceptedSchema = agreed }, model));
    }

    [Fact]
    public void A_secret_is_never_shown()
    {
        var key = FieldList.Describe(Full()).Single(field => field.Secret);

        Assert.Equal(("subscription.key", "(withheld)"), (key.Path, key.Value));
        Assert.DoesNotContain("RVOX", ReportJson.Of(Full()), StringComparison.Ordinal);
    }

    /// <summary>A report with every field that there is.</summary>
    private static Report Full()
    {
        var report = SampleReports.Of();
        report.SchemaVersion = 1;
        report.Environment.DotnetVersion = "10.0.1";
        report.Users.Enabled = 23;
        report.Subscription.Key = "RVOX-KEY";
        report.Roomvox.RoomsWithSmtp = 1;
        report.Roomvox.RoomsWithAvailabilityRules = 1;
        report.Roomvox.ExchangeSyncEnabled = true;
        report.Roomvox.RoomsWithExchange = 1;
        return report;
    }
}
