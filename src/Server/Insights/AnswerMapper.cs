using Google.Protobuf.WellKnownTypes;
using Telemetry.Server.Insights.Questions;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Insights;

/// <summary>Writes answers as contract messages.</summary>
internal static class AnswerMapper
{
    public static Wire.QueryResponse ToWire(Answer answer) => new()
    {
        Position = StoredMessages.ToWire(answer.Position),
        Time = Timestamp.FromDateTimeOffset(answer.Time),
        RunningDay = ToDate(answer.Today),
        Points = { answer.Points.Select(ToWire) },
        PreviousPoints = { answer.PreviousPoints.Select(ToWire) },
        Groups = { answer.Groups.Select(ToWire) },
        Total = ToWire(answer.Total),
        GroupCount = (uint)answer.GroupCount,
    };

    public static Google.Type.Date ToDate(int day)
    {
        var date = UtcDay.ToDate(day);
        return new Google.Type.Date { Year = date.Year, Month = date.Month, Day = date.Day };
    }

    public static Wire.ComparedCount Compared(long value, long? previous) =>
        previous is { } known ? new Wire.ComparedCount { Value = (ulong)value, Previous = (ulong)known } : new Wire.ComparedCount { Value = (ulong)value };

    private static Wire.Point ToWire(Point point) => new()
    {
        Start = ToDate(point.Start),
        End = ToDate(point.End),
        Unfinished = point.IsUnfinished,
        Unknown = point.IsUnknown,
    };

    private static Wire.Group ToWire(Group group) => new()
    {
        Keys = { group.Keys.Select(ToWire) },
        Figures = { group.Figures.Select(ToWire) },
        Previous = { group.Previous.Select(ToWire) },
    };

    private static Wire.GroupKey ToWire(GroupKey key) => key.Kind switch
    {
        GroupKeyKind.Unknown => new Wire.GroupKey { Unknown = true },
        GroupKeyKind.NotAsked => new Wire.GroupKey { NotAsked = true },
        GroupKeyKind.Rest => new Wire.GroupKey { Rest = (uint)key.Folded },
        _ => new Wire.GroupKey { Value = key.Value },
    };

    private static Wire.Figures ToWire(Figures figures) => new()
    {
        Values = { figures.Values },
        Known = { figures.Known.Select(known => (ulong)known) },
    };
}
