using System.Security.Cryptography;
using Telemetry.Client.Licensing;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class LicenseClientOptionsTests : IDisposable
{
    private readonly LicenseFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task What_is_out_of_range_is_named()
    {
        await RefusedAsync("Key", _fixture.Options(key: " "));
        await RefusedAsync("InstanceHash", _fixture.Options(instance: "https://cloud.example.org"));
        await RefusedAsync("PreviousInstanceHash", _fixture.Options(previous: ""));
        await RefusedAsync("App", _fixture.Options(app: ""));
        await RefusedAsync("App", _fixture.Options(app: "RoomVox"));
        await RefusedAsync("RootKeys", _fixture.Options(roots: []));
        await RefusedAsync("RootKeys", _fixture.Options(roots: ["no key"]));
    }

    [Fact]
    public async Task A_private_root_key_and_one_on_another_curve_are_refused()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        await RefusedAsync("RootKeys", _fixture.Options(roots: [own.ExportPkcs8PrivateKeyPem()]));
        await RefusedAsync("RootKeys", _fixture.Options(roots: [other.ExportSubjectPublicKeyInfoPem()]));
    }

    [Fact]
    public async Task An_instance_hash_in_capitals_is_the_same_one()
    {
        await using var client = _fixture.Open(_fixture.Options(instance: FakeLicenseServer.Instance.ToUpperInvariant()));

        Assert.True((await client.CheckAsync()).Licensed);
    }

    private async Task RefusedAsync(string option, LicenseClientOptions options)
    {
        var thrown = Assert.Throws<ArgumentException>(() => _fixture.Open(options));
        Assert.Contains(option, thrown.Message, StringComparison.Ordinal);
    }
}
