using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Pages;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Tests.Access;

public sealed class BackupListTests : SignedIn
{
    private readonly ListBackupsResponse _list = new() { Kept = 14 };

    [Fact]
    public async Task Backups_are_listed_with_what_is_wrong_and_one_more_is_made()
    {
        _list.Problems.Add("'000001-20261125T030000Z' holds no whole backup.");
        _list.Backups.Add(Backup(2));
        _list.NextDue = Timestamp.FromDateTimeOffset(Clock.GetUtcNow().AddHours(5));
        var made = 0;
        Server.Answer<CreateBackupRequest>("CreateBackup", _ =>
        {
            _list.Backups.Insert(0, Backup(3));
            return new CreateBackupResponse { Backup = Backup(3) };
        });
        var page = await ShowAsync(() => made++);

        Assert.Contains("14 are kept. The next is due", Text(page.Find("p")), StringComparison.Ordinal);
        Assert.Contains("holds no whole backup", Text(page.Find("[role=alert]")), StringComparison.Ordinal);
        Assert.Contains("000002-20261126T030000Z", Text(page.Find("tbody tr")), StringComparison.Ordinal);
        page.Find("button.btn").Click();

        page.WaitForAssertion(() => Assert.Equal(1, made));
    }

    [Fact]
    public async Task One_that_could_not_be_made_says_why()
    {
        Server.Refuse("CreateBackup", 14, "STORE_UNAVAILABLE", "The backup could not be made, and nothing of it is left.");
        var page = await ShowAsync(() => { });

        Assert.Contains("There is none yet.", page.Markup, StringComparison.Ordinal);
        page.Find("button.btn").Click();

        page.WaitForAssertion(() => Assert.Contains("could not be made", Text(page.Find("[role=alert]")), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_directory_it_says_how_to_name_one()
    {
        _list.Kept = 0;

        var page = await ShowAsync(() => { });

        Assert.Contains("Backup:Directory", Text(page.Find(".notice")), StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button"));
    }

    private static Contracts.V1.Backup Backup(int number) => new()
    {
        Name = $"{number:D6}-20261126T030000Z",
        CreateTime = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 26, 3, 0, 0, TimeSpan.Zero)),
        Number = 1_234,
        Instances = 56,
        Bytes = 40_000_000,
        NewBytes = 2_000_000,
    };

    private async Task<IRenderedComponent<BackupList>> ShowAsync(Action made)
    {
        await MayAsync(Scope.Owner);
        return Render<BackupList>(component => component.Add(list => list.Answer, _list).Add(list => list.OnMade, made));
    }
}
