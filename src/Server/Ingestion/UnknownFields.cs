using System.Runtime.CompilerServices;
using Google.Protobuf;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Ingestion;

/// <summary>Counts the messages of a report that carry fields this server does not know.</summary>
/// <remarks>
/// Protobuf keeps unknown fields beside the message but gives no way to ask for them, hence the accessors to the
/// generated field.
/// </remarks>
internal static class UnknownFields
{
    public static int CountIn(Wire.Report report) =>
        (Of(report) is null ? 0 : 1)
        + (report.Environment is { } environment && Of(environment) is not null ? 1 : 0)
        + (report.Users is { } users && Of(users) is not null ? 1 : 0)
        + (report.Subscription is { } subscription && Of(subscription) is not null ? 1 : 0)
        + (report.Roomvox is { } usage && Of(usage) is not null ? 1 : 0);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.Report message);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.Environment message);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.Users message);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.Subscription message);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_unknownFields")]
    private static extern ref UnknownFieldSet? Of(Wire.RoomVoxUsage message);
}
