using Telemetry.Client.Licensing;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class LicenseKeyThumbprintTests
{
    [Theory]
    [InlineData("RVOX-AAAA-BBBB-7K2M")]
    [InlineData("rvoxaaaabbbb7k2m")]
    [InlineData("  rvox aaaa\tbbbb\u00a07k2m\r\n")]
    [InlineData("R-V-O-X--AAAABBBB7K2M-")]
    public void Case_blanks_and_hyphens_do_not_matter(string key) =>
        Assert.Equal(FakeLicenseServer.KeyThumbprint, LicenseKeyThumbprint.Of(key));

    [Fact]
    public void Another_key_has_another_thumbprint() =>
        Assert.NotEqual(FakeLicenseServer.KeyThumbprint, LicenseKeyThumbprint.Of("RVOX-AAAA-BBBB-7K2N"));
}
