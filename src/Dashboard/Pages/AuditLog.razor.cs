using System.Globalization;
using Telemetry.Contracts.V1;
using Telemetry.Dashboard.Components.Data;
using Telemetry.Dashboard.Data;
using Telemetry.Dashboard.Shell;
using Scope = Telemetry.Contracts.V1.Scope;

namespace Telemetry.Dashboard.Pages;

/// <summary>Who did what and who read what, for those who answer for the data.</summary>
public sealed partial class AuditLog : Page
{
    private const int PageSize = 100;
    private const int ShownOfAnId = 8;

    private readonly SortedSet<string> _actors = new(StringComparer.OrdinalIgnoreCase);
    private Question<ListAuditEntriesRequest, ListAuditEntriesResponse> _list = null!;
    private string? _about;

    protected override Scope Needs => Scope.Privacy;

    private bool IsFiltered => Address["kind"] is not null || Address["result"] is not null || Address["actor"] is not null || Address["about"] is not null;

    private PanelState? Empty => _list.Answer is not { Entries.Count: 0 } answer ? null
        : !IsFiltered ? PanelState.Empty(Say("Nothing was done yet.", "Noch wurde nichts getan."))
        : PanelState.EmptyByFilter(
            answer.NextPageToken.Length > 0
                ? Say("None of the newer entries is of this kind. Older ones were not looked at yet.", "Keiner der neueren Einträge ist von dieser Art. Ältere wurden noch nicht durchsucht.")
                : Say("No entry is of this kind.", "Kein Eintrag ist von dieser Art."),
            Say("Remove the filters", "Filter entfernen"));

    private string? Sentence
    {
        get
        {
            if (_list.Answer is not { } answer)
            {
                return null;
            }

            if (answer.Head is not { } head)
            {
                return Say("Nothing was done yet.", "Noch wurde nichts getan.");
            }

            var kept = Words.Count(head.Number - Math.Max(answer.OldestNumber, 1) + 1, ("entry is kept", "entries are kept"), ("Eintrag ist aufbewahrt", "Einträge sind aufbewahrt"));
            var refused = answer.Entries.Count(entry => entry.Record?.Code is not (0 or null));
            return $"**{kept}**"
                + (answer.Entries.Count == 0 ? "."
                    : refused == 0 ? Say("; of those shown here nothing was refused.", "; von den hier gezeigten wurde nichts abgelehnt.")
                    : Say($"; **{Formats.Count(refused)} of the {Formats.Count(answer.Entries.Count)} shown here** {(refused == 1 ? "was" : "were")} refused.", $"; **{Formats.Count(refused)} von {Formats.Count(answer.Entries.Count)} hier gezeigten** {(refused == 1 ? "wurde" : "wurden")} abgelehnt."));
        }
    }

    private IReadOnlyList<(string Value, string Name)> KindOptions => [("", Say("anything", "alles")), ("change", Say("changes", "Änderungen")), ("read", Say("reads", "Lesezugriffe"))];

    private IReadOnlyList<(string Value, string Name)> ResultOptions => [("", Say("any", "jedes")), ("refused", Say("refused", "abgelehnt"))];

    /// <summary>Those that were seen here; a list of all tokens is for owners.</summary>
    private IReadOnlyList<(string Value, string Name)> ActorOptions => [("", Say("anybody", "jeder")), .. _actors.Select(actor => (actor, actor))];

    private IReadOnlyList<Column<AuditEntry>> Columns =>
    [
        new(Say("When", "Wann")) { Text = row => row.Record?.Time is { } time ? Formats.FullMoment(time.ToDateTimeOffset()) : null, Raw = row => row.Record?.Time?.ToDateTimeOffset().UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "" },
        new(Say("Who", "Wer")) { Text = row => row.Record?.Actor is { } actor ? Who(actor) : null },
        new(Say("What", "Was")) { Text = row => What(row.Record?.Action ?? ""), Raw = row => row.Record?.Action ?? "" },
        new(Say("On", "Woran")) { Wrap = true, Text = row => row.Record is { } record ? string.Join(", ", record.Subjects.Select(Subject)) : null, Raw = row => string.Join(' ', row.Record?.Subjects.Select(subject => subject.Id) ?? []) },
        new(Say("Result", "Ergebnis")) { Text = row => Result(row.Record?.Code ?? 0) },
        new(Say("Calls", "Aufrufe")) { Numeric = true, Explanation = Say("How many calls this entry stands for. The first of an hour has an entry of its own.", "Für wie viele Aufrufe dieser Eintrag steht. Der erste einer Stunde hat einen eigenen."), Value = row => row.Record?.Calls },
        new(Say("Reports", "Berichte")) { Numeric = true, Explanation = Say("How many reports, or installations in the state of their latest report, were handed out.", "Wie viele Berichte, oder Installationen im Stand ihres letzten Berichts, herausgegeben wurden."), Value = row => row.Record?.Reports },
        new(Say("Entry", "Eintrag")) { Numeric = true, Value = row => row.Number },
    ];

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _list = Ask<ListAuditEntriesRequest, ListAuditEntriesResponse>(Fleet.Audit.ListAuditEntriesAsync);
    }

    protected override Task AskAsync()
    {
        _about = Address["about"];
        var filter = new AuditFilter { Actor = Address["actor"] ?? "", Refused = Address["result"] == "refused" };
        if (Address["actor"] is { } actor)
        {
            _actors.Add(actor);
        }

        filter.Kinds.AddRange(Address["kind"] switch
        {
            "read" => [AuditKind.Read],
            "change" => [AuditKind.Change],
            _ => Array.Empty<AuditKind>(),
        });
        if (_about is { Length: > 0 } about)
        {
            About(filter, about.Trim());
        }

        return _list.AskAsync(new ListAuditEntriesRequest { Filter = filter, PageSize = PageSize, PageToken = Address["page"] ?? "" });
    }

    protected override void Answered()
    {
        foreach (var name in _list.Answer?.Entries.Select(entry => entry.Record?.Actor?.Name).OfType<string>() ?? [])
        {
            _actors.Add(name);
        }
    }

    private static void About(AuditFilter filter, string about)
    {
        if (about.Contains("://", StringComparison.Ordinal))
        {
            filter.InstanceUrl = about;
        }
        else if (about.Length == 64 && about.All(char.IsAsciiHexDigitLower))
        {
            filter.InstanceHash = about;
        }
        else
        {
            filter.SubjectId = about;
        }
    }

    private void Only(string key, string? value) => Go(Address.With(key, value is { Length: > 0 } ? value : null).With("page"));

    private string Who(AuditActor actor) => actor.Kind switch
    {
        AuditActorKind.Installation => Say("an installation", "eine Installation"),
        AuditActorKind.Server => Say($"the server ({actor.Name})", $"der Server ({actor.Name})"),
        AuditActorKind.Provider => Say($"{actor.Name} (identity provider)", $"{actor.Name} (Identitätsanbieter)"),
        _ => actor.Name,
    };

    private string Subject(AuditSubject subject) => subject.Kind switch
    {
        AuditSubjectKind.App => Names.Value("app", subject.Id),
        AuditSubjectKind.Instance => Say($"installation {Short(subject.Id)}", $"Installation {Short(subject.Id)}"),
        AuditSubjectKind.Token => Say($"token {Short(subject.Id)}", $"Token {Short(subject.Id)}"),
        AuditSubjectKind.License => Say($"license {Short(subject.Id)}", $"Lizenz {Short(subject.Id)}"),
        AuditSubjectKind.Backup => Say($"backup {subject.Id}", $"Backup {subject.Id}"),
        AuditSubjectKind.SigningKey => Say($"signing key {Short(subject.Id)}", $"Signaturschlüssel {Short(subject.Id)}"),
        _ => subject.Id,
    };

    private static string Short(string id) => id.Length > ShownOfAnId ? id[..ShownOfAnId] : id;

    private string Result(int code) => code switch
    {
        0 => Say("done", "getan"),
        (int)Grpc.Core.StatusCode.PermissionDenied => Say("not allowed", "nicht erlaubt"),
        (int)Grpc.Core.StatusCode.NotFound => Say("not found", "nicht gefunden"),
        (int)Grpc.Core.StatusCode.InvalidArgument => Say("broke a rule", "gegen eine Regel"),
        (int)Grpc.Core.StatusCode.Unavailable => Say("not possible then", "da nicht möglich"),
        _ => Say("refused", "abgelehnt"),
    };

    /// <summary>In words; of a newer server's calls their names.</summary>
    private string What(string action) => action switch
    {
        "Access.MakeOwner" => Say("Made the owner’s token", "Token des Eigentümers angelegt"),
        "AccessService.CreateToken" => Say("Made a token", "Token angelegt"),
        "AccessService.RotateToken" => Say("Rotated a token", "Token erneuert"),
        "AccessService.RevokeToken" => Say("Revoked a token", "Token widerrufen"),
        "AdminService.GetReport" => Say("Read a report", "Bericht gelesen"),
        "AdminService.ListInstances" => Say("Listed installations", "Installationen aufgelistet"),
        "AdminService.GetInstance" => Say("Read an installation", "Installation gelesen"),
        "Apps.Register" or "AppService.RegisterApp" => Say("Registered an app", "App registriert"),
        "PrivacyService.ExportInstance" => Say("Exported an installation", "Installation exportiert"),
        "PrivacyService.EraseInstance" => Say("Erased an installation", "Installation gelöscht"),
        "AuditService.ListAuditEntries" => Say("Read the audit log", "Audit-Log gelesen"),
        "AuditService.ExportAuditEntries" => Say("Exported the audit log", "Audit-Log exportiert"),
        "Retention.DropReports" => Say("Deleted old reports", "Alte Berichte gelöscht"),
        "Retention.ForgetInstances" => Say("Forgot silent installations", "Stille Installationen vergessen"),
        "Retention.ForgetLicense" => Say("Forgot a license that ended", "Beendete Lizenz vergessen"),
        "Audit.Forget" => Say("Removed old entries of the audit log", "Alte Einträge des Audit-Logs entfernt"),
        "FeedService.StreamEvents" => Say("Followed reports live", "Berichte live verfolgt"),
        "InsightsService.GetTimeline" => Say("Read an installation’s timeline", "Zeitlinie einer Installation gelesen"),
        "InsightsService.Export" => Say("Exported", "Exportiert"),
        "LicenseAdminService.IssueLicense" => Say("Issued a license", "Lizenz ausgestellt"),
        "LicenseAdminService.ChangeLicense" => Say("Changed a license", "Lizenz geändert"),
        "LicenseAdminService.SuspendLicense" => Say("Suspended a license", "Lizenz ausgesetzt"),
        "LicenseAdminService.ResumeLicense" => Say("Resumed a license", "Lizenz fortgesetzt"),
        "LicenseAdminService.RevokeLicense" => Say("Revoked a license", "Lizenz widerrufen"),
        "LicenseAdminService.ReleaseLicenseInstance" => Say("Released a seat", "Platz freigegeben"),
        "LicenseAdminService.RotateSigningKey" => Say("Rotated the signing key", "Signaturschlüssel erneuert"),
        _ => action,
    };
}
