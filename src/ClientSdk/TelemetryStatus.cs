namespace Telemetry.Client;

/// <summary>How reporting stands, for a person or a script.</summary>
public sealed record TelemetryStatus
{
    /// <summary>The app's slug, e.g. "roomvox".</summary>
    public required string App { get; init; }

    /// <summary>Its name as people write it, e.g. "RoomVox".</summary>
    public required string DisplayName { get; init; }

    /// <summary>Its version.</summary>
    public required string AppVersion { get; init; }

    /// <summary>Where reports go.</summary>
    public required Uri Server { get; init; }

    /// <summary>Whether it is on, and why.</summary>
    public required ConsentDecision Consent { get; init; }

    /// <summary>What an administrator chose last, also while something stronger overrules it; null: nothing yet.</summary>
    public ReportingMode? Choice { get; init; }

    /// <summary>Version of the list of fields that this version of the app knows.</summary>
    public required uint FieldListVersion { get; init; }

    /// <summary>
    /// Version of the list that was agreed to; fields that came later are withheld unless the vendor's choice is
    /// <see cref="ConsentModel.OptOut"/>.
    /// </summary>
    public required uint AcceptedFieldListVersion { get; init; }

    /// <summary>Fields that are withheld because nobody agreed to them yet.</summary>
    public required IReadOnlyList<string> WithheldFields { get; init; }

    /// <summary>When the next report is tried; null when none will be.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When a report was last tried, by schedule or by hand; null: never.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>When a report was last stored by the server; null: never.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>How the last attempt ended; null: none yet.</summary>
    public SendResultKind? LastOutcome { get; init; }

    /// <summary>The same in words; empty: none yet.</summary>
    public string LastMessage { get; init; } = "";

    /// <summary>What the server said when everything that it had collected was deleted last; null: that was not asked for.</summary>
    public DeletionReceipt? LastDeletion { get; init; }

    /// <summary>What keeps reports from being made or sent at the moment, and what to do; null: nothing that is known.</summary>
    public string? Problem { get; init; }

    /// <summary>Where all this is kept.</summary>
    public required string StateDirectory { get; init; }
}
