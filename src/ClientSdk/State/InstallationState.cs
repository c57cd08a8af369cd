using System.Text.Json.Serialization;
using Telemetry.Client.Collect;

namespace Telemetry.Client.State;

/// <summary>What an installation remembers between two starts. Immutable.</summary>
internal sealed record InstallationState
{
    /// <summary>Grows when an older SDK would misread the file.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>When this installation was first seen; the periods are counted from here.</summary>
    public DateTimeOffset InstalledAt { get; init; }

    /// <summary>What the administrator chose; null: nothing yet.</summary>
    public ReportingMode? Mode { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Version of the field list that was agreed to, or that was there at the first start.</summary>
    public uint AcceptedSchema { get; init; }

    /// <summary>Part of the next report's id, see <see cref="ReportIds"/>; renewed when the server answered for a report.</summary>
    public string ReportSeed { get; init; } = "";

    /// <summary>The report that the server has not answered for; null: none.</summary>
    public OpenReport? Open { get; init; }

    /// <summary>What proves whose the reports are; null until the first one is sealed, and after a deletion.</summary>
    public Ownership? Ownership { get; init; }

    /// <summary>The latest deletion of what the server had collected; null: none.</summary>
    public DeletionReceipt? LastDeletion { get; init; }

    /// <summary>The latest period in which a scheduled attempt was made.</summary>
    public long? LastPeriod { get; init; }

    public DateTimeOffset? LastAttemptAt { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>Before this the server does not want a report.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public AttemptOutcome? LastOutcome { get; init; }

    [JsonIgnore]
    public bool IsPlausible => Version is >= 1 and <= CurrentVersion
        && Guid.TryParse(ReportSeed, out _)
        && (Open is null || Open.IsPlausible) && (Mode is null || Enum.IsDefined(Mode.Value))
        && (Ownership is null || Ownership.IsPlausible) && (LastDeletion is null || LastDeletion.IsPlausible);

    public static InstallationState New(DateTimeOffset now, uint schema) => new()
    {
        InstalledAt = now,
        AcceptedSchema = schema,
        ReportSeed = NewSeed(),
    };

    public static string NewSeed() => Guid.NewGuid().ToString("D");
}
