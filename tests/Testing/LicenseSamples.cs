using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>Licenses and questions for tests, which change what they are about.</summary>
internal static class LicenseSamples
{
    public static readonly ByteString Nonce = ByteString.CopyFrom([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    /// <summary>RoomVox and FormVox, 50 rooms, one installation, no end.</summary>
    public static Wire.IssueLicenseRequest Order() => new()
    {
        CustomerReference = "C-1001",
        Apps = { "roomvox", "formvox" },
        Limits = { ["rooms"] = 50 },
        KeyPrefix = "RVOX",
    };

    public static Wire.CheckLicenseRequest Question(string key, string url = "https://cloud.example.org") => new()
    {
        LicenseKey = key,
        InstanceHash = SampleReports.HashOf(url),
        App = "roomvox",
        Nonce = Nonce,
    };

    public static FieldMask Mask(params string[] paths) => new() { Paths = { paths } };

    public static Timestamp At(DateTimeOffset moment) => Timestamp.FromDateTimeOffset(moment);

    public static async Task<(Wire.License License, string Key)> IssueAsync(
        this TestServer server, Action<Wire.IssueLicenseRequest>? change = null)
    {
        var order = Order();
        change?.Invoke(order);
        var response = await server.LicenseAdmin.IssueLicenseAsync(order, server.Authorized);
        return (response.License, response.LicenseKey);
    }

    public static async Task<Wire.CheckLicenseResponse> CheckAsync(
        this TestServer server, string key, string url = "https://cloud.example.org",
        Action<Wire.CheckLicenseRequest>? change = null)
    {
        var question = Question(key, url);
        change?.Invoke(question);
        return await server.Licenses.CheckLicenseAsync(question);
    }
}
