namespace Telemetry.Dashboard.Components.Data;

/// <summary>What a panel can say of its content. Each state is designed; none of them is a blank.</summary>
public abstract record PanelState
{
    private PanelState()
    {
    }

    public static PanelState Ready { get; } = new IsReady();

    /// <summary>Shows the shape of what comes after 200 ms and the reason after 5 s.</summary>
    /// <param name="Reading">What is read: "400 days".</param>
    public static PanelState Loading(string? Reading = null) => new IsLoading(Reading);

    /// <param name="Why">What excludes: "PHP is 9.9 leaves none of 4,286."</param>
    /// <param name="Undo">What the button says, when one change brings something back.</param>
    public static PanelState EmptyByFilter(string Why, string? Undo = null) => new IsEmpty(Why, Undo);

    /// <param name="What">What would fill it, or since when nothing did: "No claim was refused in 30 days."</param>
    public static PanelState Empty(string What) => new IsVoid(What);

    /// <param name="What">What failed and whether harm was done.</param>
    /// <param name="Incident">By which the server's log names it.</param>
    public static PanelState Error(string What, string? Incident = null) => new IsError(What, Incident);

    /// <summary>Figures stay, marks fade, and the time says of when they are.</summary>
    public static PanelState Stale(DateTimeOffset Of, TimeSpan? NextTry = null) => new IsStale(Of, NextTry);

    public static PanelState Paused(DateTimeOffset At, long Newer) => new IsPaused(At, Newer);

    /// <param name="Scope">Which opens it.</param>
    /// <param name="Has">The scopes of the token that is signed in.</param>
    public static PanelState NotAllowed(string Scope, string Has) => new IsNotAllowed(Scope, Has);

    internal sealed record IsReady : PanelState;
    internal sealed record IsLoading(string? Reading) : PanelState;
    internal sealed record IsEmpty(string Why, string? Undo) : PanelState;
    internal sealed record IsVoid(string What) : PanelState;
    internal sealed record IsError(string What, string? Incident) : PanelState;
    internal sealed record IsStale(DateTimeOffset Of, TimeSpan? NextTry) : PanelState;
    internal sealed record IsPaused(DateTimeOffset At, long Newer) : PanelState;
    internal sealed record IsNotAllowed(string Scope, string Has) : PanelState;

    /// <summary>Whether there is something to show.</summary>
    internal bool HasContent => this is IsReady or IsStale or IsPaused;
}
