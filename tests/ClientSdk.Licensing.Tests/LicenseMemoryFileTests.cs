using System.Text.Json.Nodes;
using Telemetry.Client.Licensing;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.ClientSdk.Licensing.Tests;

public sealed class LicenseMemoryFileTests : IDisposable
{
    private readonly LicenseFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_proof_survives_a_restart_until_its_end()
    {
        await WriteAsync();
        _fixture.Server.Blocked = true;
        _fixture.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        await using (var client = _fixture.Open())
        {
            Assert.Equal(LicenseState.Valid, client.Current.State);
            Assert.Equal(LicenseFixture.Begin, client.Current.LastCheckedAt);
        }

        _fixture.Advance(TimeSpan.FromSeconds(1));
        await using var later = _fixture.Open();
        Assert.Equal(LicenseState.OfflineTooLong, later.Current.State);
    }

    [Fact]
    public async Task A_refusal_survives_a_restart()
    {
        await using (var client = await _fixture.OpenLicensedAsync())
        {
            _fixture.Server.Refusal = Wire.LicenseVerdict.Suspended;
            await client.CheckAsync();
        }

        _fixture.Server.Blocked = true;
        await using var again = _fixture.Open();
        var status = await again.CheckAsync();
        Assert.Equal((LicenseState.Refused, Wire.LicenseVerdict.Suspended), (status.State, status.Verdict));
        Assert.Equal("The server says no.", status.Message);
    }

    [Fact]
    public async Task A_revocation_survives_a_restart()
    {
        await using (var client = await _fixture.OpenLicensedAsync())
        {
            _fixture.Server.Revoked.Add(Convert.ToUInt64(FakeLicenseServer.LicenseId, 16));
            await client.CheckAsync();
        }

        await using var again = _fixture.Open();
        Assert.Equal(LicenseState.Revoked, again.Current.State);
    }

    [Fact]
    public async Task The_state_of_another_key_app_installation_or_vendor_is_not_ours()
    {
        await WriteAsync();
        LicenseClientOptions[] others =
        [
            _fixture.Options(key: "RVOX-AAAA-BBBB-7K2N"),
            _fixture.Options(instance: new string('0', 64)),
            _fixture.Options(app: "formvox"),
            _fixture.Options(roots: [new TokenSigner().Pem]),
        ];
        foreach (var options in others)
        {
            var content = await File.ReadAllBytesAsync(_fixture.StateFile);
            await using (var client = _fixture.Open(options))
            {
                Assert.Equal(LicenseState.NeverChecked, client.Current.State);
            }

            await File.WriteAllBytesAsync(_fixture.StateFile, content);
        }
    }

    [Fact]
    public async Task Relabelling_a_foreign_state_does_not_make_it_ours()
    {
        await WriteAsync();
        await EditAsync(json =>
        {
            json["instance"] = new string('0', 64);
            json["app"] = "formvox";
        });

        await using var client = _fixture.Open(_fixture.Options(instance: new string('0', 64), app: "formvox"));
        Assert.Equal(LicenseState.NeverChecked, client.Current.State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":1")]
    [InlineData("{\"version\":\"one\"}")]
    [InlineData("\0\0\0\0")]
    [InlineData("licensed = true")]
    public async Task A_damaged_file_is_an_empty_memory_and_is_replaced_at_the_next_check(string content)
    {
        await File.WriteAllTextAsync(_fixture.StateFile, content);
        await using (var client = _fixture.Open())
        {
            Assert.Equal(LicenseState.NeverChecked, client.Current.State);
            Assert.True((await client.CheckAsync()).Licensed);
        }

        await using var again = _fixture.Open();
        Assert.True(again.Current.Licensed);
    }

    [Theory]
    [InlineData("version", 2)]
    [InlineData("correction", "99999.00:00:00")]
    [InlineData("correction", "-10675199.02:48:05.4775808")]
    [InlineData("correction", "soon")]
    [InlineData("latestTime", "yesterday")]
    [InlineData("refusal", "no")]
    [InlineData("proof", 7)]
    public async Task A_field_out_of_form_makes_the_file_a_damaged_one(string field, object value)
    {
        await WriteAsync();
        await EditAsync(json => json[field] = JsonValue.Create(value));

        await using var client = _fixture.Open();
        Assert.Equal(LicenseState.NeverChecked, client.Current.State);
    }

    [Theory]
    [InlineData("latestTime", "9999-12-31T23:59:59+00:00", LicenseState.ClockSetBack)]
    [InlineData("latestTime", "0001-01-01T00:00:00+00:00", LicenseState.Valid)]
    [InlineData("latestTime", null, LicenseState.Valid)]
    [InlineData("proof", null, LicenseState.NeverChecked)]
    [InlineData("keys", null, LicenseState.NeverChecked)]
    [InlineData("revocations", null, LicenseState.Valid)]
    public async Task A_field_that_is_edited_makes_no_proof_and_no_exception(string field, string? value, LicenseState state)
    {
        await WriteAsync();
        await EditAsync(json => json[field] = value);

        await using var client = _fixture.Open();
        Assert.Equal(state, client.Current.State);
        client.Start();
        _fixture.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(LicenseState.Valid, client.Current.State);
    }

    [Theory]
    [InlineData("proof")]
    [InlineData("keys")]
    public async Task No_character_of_a_kept_token_can_be_changed(string field)
    {
        await WriteAsync();
        var length = Json()[field]!.GetValue<string>().Length;
        var content = await File.ReadAllTextAsync(_fixture.StateFile);
        for (var place = 0; place < length; place++)
        {
            await File.WriteAllTextAsync(_fixture.StateFile, content);
            await EditAsync(json =>
            {
                var text = json[field]!.GetValue<string>();
                json[field] = text[..place] + (text[place] == 'A' ? 'B' : 'A') + text[(place + 1)..];
            });
            await using var client = _fixture.Open();

            Assert.False(client.Current.Licensed, $"place {place}");
        }
    }

    [Fact]
    public async Task A_refusal_beside_a_proof_counts()
    {
        await WriteAsync();
        await EditAsync(json => json["refusal"] = _fixture.Server.SignedRefusal(Wire.LicenseVerdict.Revoked, "n"));

        await using var client = _fixture.Open();
        Assert.Equal(LicenseState.Refused, client.Current.State);
    }

    [Fact]
    public async Task The_file_is_its_owners_alone_holds_no_key_and_leaves_no_drafts()
    {
        await WriteAsync();

        Assert.Equal([_fixture.StateFile], Directory.GetFiles(_fixture.Folder));
        Assert.DoesNotContain("7K2M", await File.ReadAllTextAsync(_fixture.StateFile), StringComparison.OrdinalIgnoreCase);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_fixture.StateFile));
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_and_ends_nothing()
    {
        var options = _fixture.Options(stateFile: Path.Combine(_fixture.Folder, "missing", "license.json"));
        await using var client = _fixture.Open(options);

        Assert.True((await client.CheckAsync()).Licensed);
        Assert.NotNull(client.StateFileProblem);
        Directory.CreateDirectory(Path.Combine(_fixture.Folder, "missing"));
        await client.CheckAsync();
        Assert.Null(client.StateFileProblem);
    }

    private async Task WriteAsync() => await (await _fixture.OpenLicensedAsync()).DisposeAsync();

    private JsonObject Json() => JsonNode.Parse(File.ReadAllText(_fixture.StateFile))!.AsObject();

    private async Task EditAsync(Action<JsonObject> edit)
    {
        var json = Json();
        edit(json);
        await File.WriteAllTextAsync(_fixture.StateFile, json.ToJsonString());
    }
}
