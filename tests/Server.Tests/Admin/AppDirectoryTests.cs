using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Telemetry.Schema;
using Telemetry.Server.Admin;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Admin;

/// <summary>Contracts that the operator keeps as files.</summary>
public sealed class AppDirectoryTests : IDisposable
{
    private static readonly Dictionary<string, (string[] Words, Func<ByteString> Content)> Refused = new()
    {
        ["no set"] = (["is not a descriptor set with all its imports"], () => ByteString.CopyFromUtf8("a letter to somebody")),
        ["nothing"] = (["must be a descriptor set of at most 1 MB"], () => ByteString.Empty),
        ["too much"] = (["must be a descriptor set of at most 1 MB"], () => ByteString.CopyFrom(new byte[AppContract.MaxBytes + 2])),
        ["free text"] = (["usage.remark is free text"], () => ContractWith(c => c.Add("remark", 20, FieldType.String))),
        ["two rules"] = (
            ["usage.remark is free text", "usage.blob is bytes"],
            () => ContractWith(c =>
            {
                c.Add("remark", 20, FieldType.String);
                c.Add("blob", 21, FieldType.Bytes);
            })),
        ["an app of the server"] = (["belongs to"], () => ContractWith(c => c.MoveTo("telemetry.v1"))),
        ["a slug of the server"] = (["comes with the server"], () => ContractWith(c => c.App!.Slug = "roomvox")),
        ["another meaning"] = (["usage.invoices is of another type than before"], () => ContractWith(c => c.Field("invoices").Type = FieldType.Bool)),
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-contracts-").FullName;

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Each_contract_is_registered_at_the_start_and_only_a_changed_one_is_a_new_revision()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-apps-").FullName;
        try
        {
            Keep("b-invoicer.binpb", new MadeUpContract().ToSet());
            Keep("a-other.binpb", Other());
            Keep("notes.txt", ByteString.CopyFromUtf8("not a contract"));
            for (var start = 0; start < 2; start++)
            {
                await using var server = await StartAsync(data);

                Assert.Equal([("invoicer", 1u), ("other", 1u)], await RegisteredAsync(server));
                Assert.Equal(
                    ["a-other.binpb", "b-invoicer.binpb"],
                    server.Logs.Lines.Where(line => line.Text.Contains("is registered, revision 1", StringComparison.Ordinal))
                        .Select(line => Path.GetFileName(line.Text.Split('\'')[1])));
            }

            Keep("b-invoicer.binpb", ContractWith(contract => contract.Add("reminders", 12, FieldType.Uint32)));
            File.Delete(Path.Combine(_directory, "a-other.binpb"));
            await using var next = await StartAsync(data);

            Assert.Equal([("invoicer", 2u), ("other", 1u)], await RegisteredAsync(next));
            var request = SampleReports.Request("https://a.example");
            request.Report.App = "other";
            request.Report.Usage = new Any { TypeUrl = "type.googleapis.com/other.Usage" };
            await new Wire.ReportingService.ReportingServiceClient(next.Native).SubmitReportAsync(request);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task A_file_that_is_refused_is_named_with_the_rule_and_what_to_do(string name)
    {
        await using var server = await TestServer.StartAsync();
        await server.Apps.RegisterAppAsync(new() { DescriptorSet = new MadeUpContract().ToSet() }, server.Authorized);
        Keep("a-other.binpb", Other());
        var file = Keep("b.binpb", Refused[name].Content());

        var refusal = await Assert.ThrowsAsync<AppDirectoryException>(() => RegisterAsync(server));

        Assert.Contains($"'{file}'", refusal.Message, StringComparison.Ordinal);
        Assert.All(Refused[name].Words, words => Assert.Contains(words, refusal.Message, StringComparison.Ordinal));
        Assert.EndsWith("mend it, or take the file out of Apps:Directory.", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task Two_files_of_one_app_are_refused_and_nothing_is_registered()
    {
        await using var server = await TestServer.StartAsync();
        var (first, second) = (Keep("a.binpb", new MadeUpContract().ToSet()), Keep("b.binpb", ContractWith(c => c.Add("reminders", 12, FieldType.Uint32))));
        Keep("0-other.binpb", Other());

        var refusal = await Assert.ThrowsAsync<AppDirectoryException>(() => RegisterAsync(server));

        Assert.Equal($"The app invoicer is described by '{first}' and by '{second}': keep one of them in Apps:Directory.", refusal.Message);
        Assert.Empty(await RegisteredAsync(server));
    }

    [Fact]
    public async Task A_directory_that_is_not_there_and_a_file_that_is_gone_are_told()
    {
        await using var server = await TestServer.StartAsync();
        File.CreateSymbolicLink(Path.Combine(_directory, "gone.binpb"), Path.Combine(_directory, "nowhere"));

        var gone = await Assert.ThrowsAsync<AppDirectoryException>(() => RegisterAsync(server));
        var missing = await Assert.ThrowsAsync<AppDirectoryException>(() => RegisterAsync(server, Path.Combine(_directory, "missing")));

        Assert.Contains("gone.binpb' cannot be read", gone.Message, StringComparison.Ordinal);
        Assert.Equal(
            $"The directory '{Path.Combine(_directory, "missing")}' does not exist: create it, or leave Apps:Directory out.", missing.Message);
    }

    private static ByteString ContractWith(Action<MadeUpContract> change)
    {
        var contract = new MadeUpContract();
        change(contract);
        return contract.ToSet();
    }

    private static ByteString Other() => ContractWith(contract =>
    {
        contract.App = new Wire.AppPolicy { Slug = "other", DisplayName = "Other" };
        contract.MoveTo("other");
    });

    private static async Task<IEnumerable<(string Slug, uint Revision)>> RegisteredAsync(TestServer server) =>
        (await server.Apps.ListAppsAsync(new(), server.Authorized)).Apps.Where(app => !app.BuiltIn).Select(app => (app.Slug, app.Revision));

    private Task<TestServer> StartAsync(string data) => TestServer.StartAsync(data, settings: "Apps:Directory=" + _directory);

    private Task RegisterAsync(TestServer server, string? directory = null) => new AppDirectory(
        server.Part<AppRegistrar>(), Options.Create(new AppsOptions { Directory = directory ?? _directory }),
        server.Time, NullLogger<AppDirectory>.Instance).RegisterAsync();

    private string Keep(string name, ByteString content)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllBytes(path, content.ToByteArray());
        return path;
    }
}
