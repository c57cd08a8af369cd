using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Pages;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Tests.Access;

public sealed class AuditPageTests : SignedIn
{
    private readonly List<ListAuditEntriesRequest> _asked = [];

    [Fact]
    public async Task Entries_say_who_did_what_on_what_and_how_it_ended()
    {
        var page = await ShowAsync(Scope.Privacy);

        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll("tbody tr").Count));
        var rows = page.FindAll("tbody tr").Select(row => string.Join(' ', row.Children.Select(Text))).ToList();
        Assert.Contains("Grafana Read an installation installation 00112233 done 4 120 12", rows[0], StringComparison.Ordinal);
        Assert.Matches(@"Sales Revoked a license \S* ?not allowed 1 0 11", rows[1]);
        Assert.Contains("the server (start) Made the owner’s token token fedcba98 done", rows[2], StringComparison.Ordinal);
        Assert.Contains("12 entries are kept; 1 of the 3 shown here was refused.", Text(page.Find(".answer")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_are_asked_of_the_server_and_stand_in_the_address()
    {
        Navigation.NavigateTo("/audit?kind=read&result=refused&actor=Grafana&about=https://cloud.example.org");
        var page = await ShowAsync(Scope.Privacy);

        page.WaitForAssertion(() => Assert.NotEmpty(_asked));
        var filter = _asked[0].Filter;
        Assert.Equal((AuditKind.Read, true, "Grafana", "https://cloud.example.org"), (filter.Kinds.Single(), filter.Refused, filter.Actor, filter.InstanceUrl));
        page.WaitForAssertion(() => Assert.Contains(page.FindAll("button"), button => Text(button) == "Remove filters"));
        page.FindAll("button").First(button => Text(button) == "Older").Click();
        Assert.Contains("page=next", Navigation.Uri, StringComparison.Ordinal);
        Assert.Contains("actor=Grafana", Navigation.Uri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123456789abcdef")]
    [InlineData("00112233445566778899aabbccddeeff")]
    public async Task An_id_is_asked_for_as_it_is(string about)
    {
        Navigation.NavigateTo("/audit?about=" + about);
        var page = await ShowAsync(Scope.Owner);

        page.WaitForAssertion(() => Assert.Equal(about, _asked[0].Filter.SubjectId));
    }

    [Fact]
    public async Task Whoever_has_not_the_scope_is_told_which_one_it_is()
    {
        Server.Refuse("ListAuditEntries", 7, "SCOPE_MISSING", "This call needs a token with scope privacy, and this one has read.");
        await MayAsync(Scope.Read);
        var page = Render<AuditLog>();

        page.WaitForAssertion(() => Assert.Contains("Needs scope privacy", Text(page.Find(".void")), StringComparison.Ordinal));
        Assert.Empty(page.FindAll("select"));
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    private async Task<IRenderedComponent<AuditLog>> ShowAsync(Scope scope)
    {
        await MayAsync(scope);
        Server.Answer<ListAuditEntriesRequest>("ListAuditEntries", request =>
        {
            _asked.Add(request);
            return new ListAuditEntriesResponse
            {
                Entries =
                {
                    Entry(12, AuditActorKind.Token, "Grafana", "AdminService.GetInstance", AuditSubjectKind.Instance, "00112233445566778899aabbccddeeff", 0, 4, 120),
                    Entry(11, AuditActorKind.Token, "Sales", "LicenseAdminService.RevokeLicense", null, "", 7, 1, 0),
                    Entry(10, AuditActorKind.Server, "start", "Access.MakeOwner", AuditSubjectKind.Token, "fedcba9876543210", 0, 1, 0),
                },
                Head = new() { Number = 12 },
                OldestNumber = 1,
                NextPageToken = "next",
            };
        });
        return Render<AuditLog>();
    }

    private static AuditEntry Entry(
        ulong number, AuditActorKind kind, string actor, string action, AuditSubjectKind? subject, string id, int code, ulong calls, ulong reports)
    {
        var record = new AuditRecord
        {
            Time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero)),
            Actor = new() { Kind = kind, Name = actor },
            Action = action,
            Code = code,
            Calls = calls,
            Reports = reports,
        };
        if (subject is { } known)
        {
            record.Subjects.Add(new AuditSubject { Kind = known, Id = id });
        }

        return new AuditEntry { Number = number, Record = record };
    }
}
