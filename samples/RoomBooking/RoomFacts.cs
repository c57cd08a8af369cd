namespace RoomBooking;

/// <summary>What counts about one room. There is no place for its name.</summary>
internal sealed record RoomFacts
{
    /// <summary>The room's type, e.g. "meeting-room"; a type of the administrator's own counts as "custom", no type as "other".</summary>
    public string? Type { get; init; }

    /// <summary>How many persons it holds; null or zero: not stated.</summary>
    public int? Capacity { get; init; }

    /// <summary>Its facilities, e.g. "projector"; those of the administrator's own count as "custom".</summary>
    public IReadOnlyCollection<string> Facilities { get; init; } = [];

    /// <summary>Whether it accepts bookings by itself.</summary>
    public bool AutoAccept { get; init; }

    /// <summary>Whether it has a mail server of its own.</summary>
    public bool HasSmtp { get; init; }

    /// <summary>Whether its hours are restricted.</summary>
    public bool HasAvailabilityRules { get; init; }

    /// <summary>Whether it is synchronized with Exchange.</summary>
    public bool HasExchange { get; init; }
}
