using System.Text.Json.Serialization;

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

    /// <summary>The id of the report to come, so that a preview shows the bytes that will be sent.</summary>
    public string NextReportId { get; init; } = "";

    /// <summary>The latest period in which a scheduled attempt was made.</summary>
    public long? LastPeriod { get; init; }

    public DateTimeOffset? LastAttemptAt { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>Before this the server does not want a report.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public AttemptOutcome? LastOutcome { get; init; }

    [JsonIgnore]
    public bool IsPlausible => Version is >= 1 and <= CurrentVersion && Guid.TryParse(NextReportId, out _)
        && (Mode is null || Enum.IsDefined(Mode.Value));

    public static InstallationState New(DateTimeOffset now, uint schema) => new()
    {
        InstalledAt = now,
        AcceptedSchema = schema,
        NextReportId = NewReportId(),
    };

    public static string NewReportId() => Guid.NewGuid().ToString("D");
}
