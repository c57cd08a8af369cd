using Telemetry.Licensing;
using Telemetry.Server.Licensing;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>Keys as mail programs and word processors hand them on.</summary>
public sealed class LicenseKeyTextTests
{
    private const string Key = "RVOX-QPZRY9-X8GF2T-VDW0S3-JN54KH-CE6MUA";

    public static TheoryData<string> HandedOn { get; } =
    [
        .. "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFF0D\uFE63\uFE58\u2043\u02D7"
            .Select(dash => Key.Replace('-', dash)),
        .. "\u00AD\u200B\u200C\u200D\u200E\u200F\u2060\uFEFF\u00A0\u202F\u3000\u2009\u202A\u202C\u2066\uFE0F\u034F\u180E\r\n\t\0"
            .Select(invisible => invisible + string.Join(invisible, Key.ToCharArray()) + invisible),
        string.Concat(Key.Select(letter => (char)(letter - '!' + '\uFF01'))),
        string.Concat(Key.ToLowerInvariant().Select(letter => (char)(letter - '!' + '\uFF01'))),
        Key.Replace("-", ""),
        Key.Replace('-', ' ').ToLowerInvariant(),
    ];

    [Theory]
    [MemberData(nameof(HandedOn), DisableDiscoveryEnumeration = true)]
    public void A_key_that_was_handed_on_is_the_same_key(string text)
    {
        Assert.Equal(LicenseKey.Canonical(Key), LicenseKey.Canonical(text));
        Assert.Equal(LicenseKey.Canonical(Key), LicenseKeyText.Canonical(text));
    }

    [Fact]
    public void What_is_not_the_same_key_stays_different() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(CsCheck.Gen.Char, CsCheck.Gen.Int[0, Key.Length - 1]),
        pair =>
        {
            var (letter, place) = pair;
            var text = Key[..place] + letter + Key[(place + 1)..];
            var canonical = LicenseKeyText.Canonical(text);

            Assert.Equal(canonical, LicenseKeyText.Canonical(canonical));
            if (char.IsLetterOrDigit(letter) && letter < 128 && Key[place] != '-')
            {
                Assert.Equal(
                    char.ToUpperInvariant(letter) == Key[place], canonical == LicenseKeyText.Canonical(Key));
            }
        });

    [Fact]
    public void A_mask_of_a_key_that_was_handed_on_shows_its_prefix() =>
        Assert.Equal("RVOX-...-6MUA", LicenseKey.Mask("\u200Brvox\u2011qpzry9\u2011x8gf2t\u2011vdw0s3\u2011jn54kh\u2011ce6mua"));

    [Fact]
    public async Task A_key_that_was_handed_on_is_answered_through_every_door_and_counts_as_no_wrong_key()
    {
        await using var server = await TestServer.StartAsync(settings: "Licensing:WrongKeysPerHour=1");
        var (license, key) = await server.IssueAsync(order => order.InstancesAllowed = 100);

        foreach (var dash in "\u2010\u2011\u2013\u2212\u00AD\uFEFF\u200B")
        {
            Assert.True((await server.CheckAsync(key.Replace('-', dash), $"https://{(int)dash}.example")).Decision.Licensed);
        }

        var wide = string.Concat(key.Select(letter => (char)(letter - '!' + '\uFF01')));
        Assert.True((await server.CheckAsync(wide, "https://wide.example")).Decision.Licensed);
        var shown = await server.LicenseAdmin.GetLicenseAsync(new() { LicenseKey = wide }, server.Authorized);
        Assert.Equal(license.LicenseId, shown.License.LicenseId);
        var released = await server.Licenses.ReleaseInstanceAsync(new()
        {
            LicenseKey = key.Replace('-', '\u2013'),
            InstanceHash = SampleReports.HashOf("https://wide.example"),
        });
        Assert.True(released.Released);
    }
}
