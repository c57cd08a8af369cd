using System.Text.Json;
using Telemetry.Contracts.V1;
using static Telemetry.Cli.Tests.CliRunner;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Telemetry.Cli.Tests;

/// <summary>Contracts from the vendor's side: checked on a desk, and against a server's.</summary>
public sealed class AppsCommandTests : IDisposable
{
    private static readonly Dictionary<string, (string[] Lines, Action<MadeUpContract> Break)> Broken = new()
    {
        ["free text and bytes"] = (
            ["usage.remark is free text; give it labels or a format.", "usage.blob is bytes, which can hold anything."],
            c =>
            {
                c.Add("remark", 20, FieldType.String);
                c.Add("blob", 21, FieldType.Bytes);
            }
        ),
        ["a slug of the server"] = (
            ["The contract has the slug of an app that comes with the server; register yours under another slug."],
            c => c.App!.Slug = "roomvox"),
        ["a package of the server"] = (
            ["The contract has the package telemetry.v1, which belongs to the server; use one of your own."],
            c => c.MoveTo("telemetry.v1")),
        ["no name"] = (
            ["The contract has no display_name of 1 to 40 letters, digits, spaces and the characters . + & ' -, with a letter or digit first."],
            c => c.App!.DisplayName = ""),
    };

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.binpb");

    public static TheoryData<string> BrokenNames => [.. Broken.Keys];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_good_contract_is_checked_without_a_server_and_says_what_it_collects()
    {
        Keep(_ => { });

        var (code, output, error) = await RunAsync(Alone, "", "apps", "check", _file);
        var (jsonCode, json, _) = await RunAsync(Alone, "", "apps", "check", _file, "--json");

        Assert.Equal((0, 0, ""), (code, jsonCode, error));
        Assert.StartsWith("The contract of Invoicer (invoicer) is good. It collects:\n", output, StringComparison.Ordinal);
        Assert.Matches(@"\n  usage\.average_lines +Shows how it is used\.\n", output);
        Assert.Matches(@"\n  environment\.country +\S", output);
        var app = JsonElement.Parse(json);
        Assert.Equal("Invoicer", app.GetProperty("app").GetProperty("displayName").GetString());
        Assert.Contains(app.GetProperty("fields").EnumerateArray(), field => field.GetProperty("path").GetString() == "usage.currencies");
    }

    [Theory]
    [MemberData(nameof(BrokenNames))]
    public async Task A_broken_contract_is_refused_without_a_server_in_the_servers_own_words(string name)
    {
        Keep(Broken[name].Break);
        await using var server = await TestServer.StartAsync();

        var (code, output, error) = await RunAsync(Alone, "", "apps", "check", _file);
        var registered = await RunAsync(console => At(console, server), "", "apps", "register", _file);
        // The server, which nothing listens for here, is not asked.
        var (namedCode, _, named) = await RunAsync(Alone, "", "apps", "check", _file, "--server", "http://127.0.0.1:1");

        Assert.Equal((1, ""), (code, output));
        Assert.Equal(Broken[name].Lines, error.TrimEnd('\n').Split('\n'));
        Assert.Equal((1, "", error), registered);
        Assert.Equal((1, error), (namedCode, named));
    }

    [Fact]
    public async Task A_server_that_is_named_tells_what_breaks_with_the_contract_it_has()
    {
        await using var server = await TestServer.StartAsync();
        Keep(_ => { });
        var (registered, line, _) = await RunAsync(console => At(console, server), "", "apps", "register", _file);
        var (_, list, _) = await RunAsync(console => At(console, server), "", "apps", "list");

        Keep(contract => contract.Add("reminders", 12, FieldType.Uint32));
        var next = await RunAsync(console => At(console, server), "", "apps", "check", _file);
        Keep(contract => contract.Field("invoices").Type = FieldType.Bool);
        var alone = await RunAsync(Alone, "", "apps", "check", _file);
        var asked = await RunAsync(console => At(console, server), "", "apps", "check", _file);

        Assert.Equal(0, registered);
        Assert.Matches(@"^invoicer +Invoicer +1 +11  acme\.invoicer\.Usage\n$", line);
        Assert.Matches(@"^APP +NAME +REVISION +FIELDS  USAGE\n", list);
        Assert.Matches(@"\nroomvox +RoomVox +built in ", list);
        Assert.Equal(0, next.Code);
        Assert.StartsWith($"The contract of Invoicer (invoicer) is good as revision 2 on http://{server.Native.Target}/. It collects:\n", next.Output, StringComparison.Ordinal);
        Assert.Equal(0, alone.Code);
        Assert.Equal((1, "", "usage.invoices is of another type than before.\n"), asked);
        Assert.Equal(1u, (await server.Apps.GetAppAsync(new GetAppRequest { App = "invoicer" }, server.Authorized)).App.Revision);
    }

    [Fact]
    public async Task A_server_that_is_named_and_not_there_is_told()
    {
        Keep(_ => { });

        var (code, output, error) = await RunAsync(Alone, "", "apps", "check", _file, "--server", "http://127.0.0.1:1", "--token", "t");

        Assert.Equal((3, ""), (code, output));
        Assert.Contains("Nothing listens at http://127.0.0.1:1", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_descriptor_set_is_told_with_how_to_make_one()
    {
        await File.WriteAllTextAsync(_file, "syntax = \"proto3\";");

        var (code, output, error) = await RunAsync(Alone, "", "apps", "check", _file);

        Assert.Equal((1, ""), (code, output));
        Assert.Equal(
            "The contract is not a descriptor set with all its imports; make it with `buf build -o` or `protoc --include_imports -o`.\n", error);
    }

    /// <summary>Where no server is named.</summary>
    private static CliConsole Alone(CliConsole console) => console with { Variable = _ => null };

    /// <summary>Where a server is named by the environment.</summary>
    private static CliConsole At(CliConsole console, TestServer server) => console with
    {
        Variable = name => name switch
        {
            "TELEMETRY_SERVER" => "http://" + server.Native.Target,
            "TELEMETRY_TOKEN" => server.AdminToken,
            _ => null,
        },
    };

    private void Keep(Action<MadeUpContract> change)
    {
        var contract = new MadeUpContract();
        change(contract);
        File.WriteAllBytes(_file, contract.ToSet().ToByteArray());
    }
}
