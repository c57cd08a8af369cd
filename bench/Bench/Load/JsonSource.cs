using System.Text;

namespace Bench.Load;

/// <summary>What RoomVox 1.4.0 posts, each time of another installation.</summary>
internal sealed class JsonSource : IRequestSource
{
    private const string Body =
        """{"instanceHash":"HASH","version":"1.4.0","totalRooms":5,"totalRoomGroups":2,"totalBookings":0,"roomTypeCounts":{"meeting-room":3,"lecture-hall":1,"studio":1},"avgCapacity":36.25,"facilitiesCounts":{"projector":3,"whiteboard":1,"videoconf":1,"wheelchair":1,"audio":2,"display":1},"autoAcceptCount":3,"roomsWithSmtp":1,"availabilityRulesEnabled":2,"exchangeSyncEnabled":true,"roomsWithExchange":1,"totalUsers":25,"activeUsers30d":10,"disabledUsers":2,"nextcloudVersion":"32.0.6.1","phpVersion":"8.2.36","countryCode":"DE","databaseType":"pgsql","defaultLanguage":"de","defaultTimezone":"Europe\/Berlin","osFamily":"Linux","webServer":null,"isDocker":false,"hasValidSubscription":false,"hasExtendedSupport":false,"licenseKey":""}""";

    private readonly byte[] _body = Encoding.ASCII.GetBytes(Body.Replace("HASH", ReportSource.Hash, StringComparison.Ordinal));
    private readonly int _hash = Body.IndexOf("HASH", StringComparison.Ordinal);
    private long _next;

    public JsonSource(int seed) => _next = (long)seed << 40;

    public string Path => "/api/telemetry/roomvox";

    public ReadOnlySpan<byte> Next()
    {
        ReportSource.WriteHash(_body.AsSpan(_hash), _next++);
        return _body;
    }
}
