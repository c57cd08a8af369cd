using Telemetry.Client;

namespace Telemetry.ClientSdk.Tests.Collect;

public sealed class InstanceHashTests
{
    [Theory]
    [InlineData("https://Cloud.Example.org/nextcloud/", "5034de221ca81fab879e5179c6a7378cb7cc19acd6884e739a3ba6ae57ddebf7")]
    [InlineData("https://cloud.example.org", "dde6068c160e46f4681d3a8173133e13be9a5a9a7817c222cfe3c1cf9631a3be")]
    [InlineData("cloud.example.org", "15eab7c0c669d7cb961591c5b046fbbfcfaea9ada11366ff49157e7c21c39b0b")]
    public void The_hash_is_the_one_that_the_existing_apps_send(string url, string hash) =>
        Assert.Equal(hash, InstanceHash.FromUrl(url));

    [Fact]
    public void An_empty_URL_has_no_hash() => Assert.Throws<ArgumentException>(() => InstanceHash.FromUrl(" "));
}
