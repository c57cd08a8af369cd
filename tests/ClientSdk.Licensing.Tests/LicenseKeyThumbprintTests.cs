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

    [Theory]
    [InlineData("RVOX\u2011AAAA\u2010BBBB\u20137K2M")]
    [InlineData("\uFEFFRVOX-AA\u00ADAA-BB\u200BBB-7K2M\u200F\u00A0")]
    [InlineData("\uFF32\uFF36\uFF2F\uFF38\uFF0DAAAA\u2212BBBB \uFF17\uFF4B\uFF12\uFF4D")]
    public void A_key_as_mail_programs_hand_it_on_has_the_same_thumbprint(string key) =>
        Assert.Equal(FakeLicenseServer.KeyThumbprint, LicenseKeyThumbprint.Of(key));
}
