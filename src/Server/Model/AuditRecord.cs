namespace Telemetry.Server.Model;

/// <summary>What a call does with what is stored; numbers as in the contract.</summary>
internal enum AuditKind : byte
{
    None = 1,
    Read = 2,
    Change = 3,
}

/// <summary>Who does something; numbers as in the contract.</summary>
internal enum AuditActorKind : byte
{
    Token = 1,
    Provider = 2,
    Server = 3,

    /// <summary>Whoever calls without a token, with a proof instead.</summary>
    Installation = 4,
}

/// <summary>What something is done to; numbers as in the contract.</summary>
internal enum AuditSubjectKind : byte
{
    App = 1,

    /// <summary>By a pseudonym of its own: an installation that is erased must leave none that anything else has.</summary>
    Instance = 2,
    Token = 3,
    License = 4,
    SigningKey = 5,
    Backup = 6,
}

/// <param name="Kind">What it is.</param>
/// <param name="Name">A token's name, or that of a configured grant; empty for an installation; never anything that names a person.</param>
/// <param name="TokenId">Empty for others.</param>
internal sealed record AuditActor(AuditActorKind Kind, string Name, string TokenId = "");

internal readonly record struct AuditSubject(AuditSubjectKind Kind, string Id);

/// <summary>What happened, before it has its place in the log.</summary>
internal sealed record AuditRecord
{
    public required DateTimeOffset Time { get; init; }

    public required AuditKind Kind { get; init; }

    public required string Action { get; init; }

    public required AuditActor Actor { get; init; }

    public IReadOnlyList<AuditSubject> Subjects { get; init; } = [];

    /// <summary>As in google.rpc.Code; 0 when it was done.</summary>
    public int Code { get; init; }

    /// <summary>How many calls it stands for.</summary>
    public long Calls { get; init; } = 1;

    /// <summary>How many reports were handed out.</summary>
    public long Reports { get; init; }

    /// <summary>Of what is summed up, the first time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The end of what the log keeps no longer.</summary>
    public AuditHead? Forgotten { get; init; }
}
