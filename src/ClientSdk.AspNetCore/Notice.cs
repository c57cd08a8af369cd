namespace Telemetry.Client.AspNetCore;

/// <summary>What came of an action, for the next page to show.</summary>
/// <param name="Good">Whether it came out as asked.</param>
/// <param name="Title">The result in a few words.</param>
/// <param name="Message">The result in a sentence or two.</param>
internal sealed record Notice(bool Good, string Title, string Message)
{
    public static readonly Notice StaleForm = new(false, "Nothing was done",
        "The form was not from this page, or it was too old. Try again from here.");

    public static readonly Notice UnknownForm = new(false, "Nothing was done",
        "This version of the app does not know that request. Try again from here.");

    public static readonly Notice ListChanged = new(false, "Nothing was changed",
        "The app was updated since the page was opened, and its list of fields changed. Look at the list, then choose again.");

    public static readonly Notice NothingToAgreeTo = new(false, "Nothing was changed",
        "Reports are off. Switching them on agrees to the list of fields.");

    public static readonly Notice Agreed = new(true, "Agreed", "The newer fields are part of the report from now on.");

    public static readonly Notice NotConfirmed = new(false, "Nothing was deleted",
        "Deleting cannot be undone. Tick the box beside the button to confirm it.");

    public static readonly Notice StillAsking = new(false, "Not finished yet",
        "The server has not answered yet. Open this page again in a while and ask once more: what is deleted is answered with its receipt.");

    public static readonly Notice StillSending = new(false, "Not finished yet",
        "The report is still on its way. Open this page again in a while; the result is shown under the last report.");

    public static readonly Notice Stopping = new(false, "Not finished", "The app is being stopped. Try again when it runs.");

    /// <summary>Names and values, in order.</summary>
    public IReadOnlyList<NoticeDetail> Details { get; init; } = [];

    /// <summary>Rules that the report breaks, as field and rule.</summary>
    public IReadOnlyList<NoticeDetail> Violations { get; init; } = [];

    /// <summary>How many more rules it breaks than are listed.</summary>
    public int MoreViolations { get; init; }

    public static Notice NotSaved(string why) => new(false, "Not saved", why);

    public static Notice Saved(ReportingMode chosen, ConsentDecision now) => chosen == now.Mode
        ? new Notice(true, "Saved", now.Explanation)
        : new Notice(true, "Saved, not in effect yet", "Your choice is kept, but something stronger overrules it. " + now.Explanation);
}
