using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Apps that come while the server runs.</summary>
public sealed class RegistrationTests
{
    private static readonly Dictionary<string, (string Field, Action<MadeUpContract> Break)> Refused = new()
    {
        ["no option"] = ("", c => c.App = null),
        ["slug in capitals"] = ("", c => c.App!.Slug = "Invoicer"),
        ["slug of one letter"] = ("", c => c.App!.Slug = "i"),
        ["slug with a blank"] = ("", c => c.App!.Slug = "in voicer"),
        ["no name"] = ("", c => c.App!.DisplayName = ""),
        ["name of blanks"] = ("", c => c.App!.DisplayName = "  "),
        ["name without end"] = ("", c => c.App!.DisplayName = new string('x', 41)),
        ["name that is a text"] = ("", c => c.App!.DisplayName = "See https://invoicer.example"),
        ["name that turns the line around"] = ("", c => c.App!.DisplayName = "Invoicer\u202Exe"),
        ["name with markup"] = ("", c => c.App!.DisplayName = "Invoicer<br>"),
        ["a path of its own"] = ("", c => c.App!.Doors.Add(new Wire.HttpDoor { Path = "/healthz" })),
        ["free text"] = ("usage.remark", c => c.Add("remark", 20, FieldType.String)),
        ["list of free texts"] = ("usage.remarks", c => c.Add("remarks", 20, FieldType.String, label: Label.Repeated)),
        ["map with free keys"] = ("usage.counts", c => c.AddMap("counts", 20, FieldType.Uint32)),
        ["map of texts"] = ("usage.words", c => c.AddMap("words", 20, FieldType.String, p => p.Labels.Add("a"))),
        ["map by number"] = ("usage.ids", c => c.AddMap("ids", 20, FieldType.Uint32, p => p.Labels.Add("a"), FieldType.Uint64)),
        ["bytes"] = ("usage.blob", c => c.Add("blob", 20, FieldType.Bytes)),
        ["signed number"] = ("usage.delta", c => c.Add("delta", 20, FieldType.Int32)),
        ["float"] = ("usage.ratio", c => c.Add("ratio", 20, FieldType.Float)),
        ["fixed"] = ("usage.serial", c => c.Add("serial", 20, FieldType.Fixed64)),
        ["list of numbers"] = ("usage.samples", c => c.Add("samples", 20, FieldType.Uint32, label: Label.Repeated)),
        ["mail"] = ("usage.admin_mail", c => c.Add("admin_mail", 20, FieldType.String, p => p.Labels.Add("a"))),
        ["host"] = ("usage.host", c => c.Add("host", 20, FieldType.String, p => p.Format = Wire.TextFormat.Version)),
        ["address"] = ("usage.ip_address", c => c.Add("ip_address", 20, FieldType.String, p => p.Format = Wire.TextFormat.Version)),
        ["user"] = ("usage.user", c => c.Add("user", 20, FieldType.String, p => p.Labels.Add("a"))),
        ["person's name"] = ("usage.name", c => c.Add("name", 20, FieldType.String, p => p.Labels.Add("a"))),
        ["organization"] = ("usage.organization", c => c.Add("organization", 20, FieldType.String, p => p.Labels.Add("a"))),
        ["map by user"] = ("usage.logins_by_user", c => c.AddMap("logins_by_user", 20, FieldType.Uint32, p => p.Labels.Add("a"))),
        ["no policy"] = ("usage.invoices", c => c.Field("invoices").Options = null),
        ["no purpose"] = ("usage.invoices", c => c.Change("invoices", p => p.Purpose = "")),
        ["purpose without end"] = ("usage.invoices", c => c.Change("invoices", p => p.Purpose = new string('x', 301))),
        ["a format of the report"] = ("usage.engine_version", c => c.Change("engine_version", p => p.Format = Wire.TextFormat.Uuid)),
        ["a secret"] = ("usage.template", c => c.Change("template", p => p.Secret = true)),
        ["a pseudonym"] = ("usage.template", c => c.Change("template", p => p.Pseudonym = true)),
        ["labels and a format"] = ("usage.template", c => c.Change("template", p => p.Format = Wire.TextFormat.Version)),
        ["a label that is a sentence"] = ("usage.template", c => c.Change("template", p => p.Labels.Add("our own design"))),
        ["a label twice"] = ("usage.template", c => c.Change("template", p => p.Labels.Add("plain"))),
        ["the label custom"] = ("usage.template", c => c.Change("template", p => p.Labels.Add("custom"))),
        ["more decimals than a double has"] = ("usage.average_lines", c => c.Change("average_lines", p => p.Decimals = 7)),
        ["numbers that JSON cannot hold"] = ("usage.amount", c => c.Change("amount", p => p.Max = 1UL << 54)),
        ["decimals that rounding would change"] = ("usage.average_lines", c => c.Change("average_lines", p => (p.Max, p.Decimals) = (1UL << 47, 1))),
        ["numbers that the type cannot hold"] = ("usage.invoices", c => c.Change("invoices", p => p.Max = 1UL << 32)),
        ["counts that the type cannot hold"] = ("usage.currencies", c => c.Change("currencies", p => p.Max = 1UL << 32)),
        ["a format that nobody knows"] = ("usage.template", c => c.Change("template", p =>
        {
            p.Labels.Clear();
            p.Format = (Wire.TextFormat)99;
        })),
        ["a label with a line break"] = ("usage.template", c => c.Change("template", p => p.Labels.Add("bold\n"))),
        ["slug with a line break"] = ("", c => c.App!.Slug = "invoicer\n"),
        ["a zero that means something"] = ("usage.plan", c => c.File.EnumType[0].Value[0].Name = "PLAN_FREE"),
        ["a JSON name of another field"] = ("usage.amount", c => c.Field("amount").JsonName = "invoices"),
        ["the JSON name of the type"] = ("usage.amount", c => c.Field("amount").JsonName = "@type"),
        ["a name without end"] = ("usage." + new string('x', 65), c => c.Add(new string('x', 65), 20, FieldType.Uint32)),
        ["a full name without end"] = ("", c => c.MoveTo("acme." + new string('x', 250))),
        ["counts that must be there"] = ("usage.currencies", c => c.Change("currencies", p => p.Required = true)),
        ["a map without keys"] = ("usage.currencies", c => c.Usage.NestedType[0].Field.RemoveAt(0)),
        ["a map without values"] = ("usage.currencies", c => c.Usage.NestedType[0].Field.RemoveAt(1)),
        ["one entry of a map"] = ("usage.currencies", c => c.Field("currencies").Label = Label.Optional),
        ["decimals beyond what a double holds"] = ("usage.average_lines", c => c.Change("average_lines", p => (p.Max, p.Decimals) = (1UL << 53, 1))),
        ["a negative value"] = ("usage.plan", c => c.File.EnumType[0].Value.Add(new EnumValueDescriptorProto { Name = "PLAN_NONE", Number = -1 })),
        ["a package of the server"] = ("", c => c.MoveTo("telemetry.v1")),
        ["files without end"] = ("", c => c.ChainLength = 20_000),
        ["messages that multiply"] = ("", c => c.Multiply()),
        ["zero that is nothing"] = ("usage.invoices", c => c.ForgetPresence(c.Field("invoices"))),
        ["a number for ever"] = ("usage.far", c => c.Add("far", 100_000, FieldType.Uint32)),
        ["nothing but a file"] = ("", c => c.File.MessageType.Clear()),
    };

    private static readonly Dictionary<string, (string Field, Action<MadeUpContract> Break)> Breaking = new()
    {
        ["count to decimal"] = ("usage.invoices", c => c.Field("invoices").Type = FieldType.Double),
        ["count to flag"] = ("usage.invoices", c => c.Field("invoices").Type = FieldType.Bool),
        ["decimal to count"] = ("usage.average_lines", c => c.Field("average_lines").Type = FieldType.Uint32),
        ["flag to count"] = ("usage.archive_enabled", c => c.Field("archive_enabled").Type = FieldType.Uint32),
        ["enumeration to count"] = ("usage.plan", c => Retype(c.Field("plan"), FieldType.Uint32)),
        ["text to count"] = ("usage.engine_version", c => Retype(c, "engine_version", FieldType.Uint32)),
        ["version to language"] = ("usage.engine_version", c => c.Change("engine_version", p => p.Format = Wire.TextFormat.Language)),
        ["country to labels"] = ("usage.tax_country", c => c.Change("tax_country", p =>
        {
            p.Format = Wire.TextFormat.Unspecified;
            p.Labels.Add("de");
        })),
        ["labels to version"] = ("usage.template", c => c.Change("template", p =>
        {
            p.Labels.Clear();
            p.Format = Wire.TextFormat.Version;
        })),
        ["a label less"] = ("usage.template", c => c.Change("template", p => p.Labels.RemoveAt(1))),
        ["labels in another order"] = ("usage.currencies", c => c.Change("currencies", p => (p.Labels[0], p.Labels[1]) = ("usd", "eur"))),
        ["a label in front"] = ("usage.currencies", c => c.Change("currencies", p => p.Labels.Insert(0, "chf"))),
        ["keys by format to labels"] = ("usage.texts_by_language", c => c.Change("texts_by_language", p =>
        {
            p.Format = Wire.TextFormat.Unspecified;
            p.Labels.Add("de");
        })),
        ["list to single"] = ("usage.languages", c => Retype(c, "languages", FieldType.String)),
        ["another name"] = ("usage.bills", c => c.Field("invoices").Name = "bills"),
        ["another number"] = ("usage.invoices", c => c.Field("invoices").Number = 30),
        ["numbers exchanged"] = ("usage.invoices", c => (c.Field("invoices").Number, c.Field("amount").Number) = (2, 1)),
        ["other decimals"] = ("usage.average_lines", c => c.Change("average_lines", p => p.Decimals = 2)),
        ["a smaller max"] = ("usage.amount", c => c.Change("amount", p => p.Max = 999_999_999_999)),
        ["a value less"] = ("usage.plan", c => c.File.EnumType[0].Value.RemoveAt(3)),
        ["a value renamed"] = ("usage.plan", c => c.File.EnumType[0].Value[3].Name = "PLAN_HUGE"),
        ["suddenly required"] = ("usage.invoices", c => c.Change("invoices", p => p.Required = true)),
        ["new and required"] = ("usage.pages", c => c.Add("pages", 31, FieldType.Uint32, p => p.Required = true)),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public static TheoryData<string> BreakingNames => [.. Breaking.Keys];

    [Fact]
    public async Task An_app_that_is_registered_reports_by_every_door_and_a_restart_keeps_it()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-apps-").FullName;
        try
        {
            await using (var server = await TestServer.StartAsync(data))
            {
                var unknown = await Assert.ThrowsAsync<RpcException>(() => SubmitAsync(server.Native, "https://a.example"));
                Assert.Equal("app", unknown.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations[0].Field);

                var app = await RegisterAsync(server, new MadeUpContract());
                Assert.Equal(
                    ("invoicer", "Invoicer", MadeUpContract.TypeName, 1u, 11u),
                    (app.Slug, app.DisplayName, app.UsageType, app.Revision, app.UsageFields));
                using var feed = FeedReader.Open(server, new Wire.StreamEventsRequest { Beginning = new() });
                await SubmitAsync(server.Native, "https://a.example");
                await SubmitAsync(server.Web, "https://b.example");
                await PostAsync(server, "https://c.example");

                foreach (var happened in await feed.EventsThroughAsync(3))
                {
                    Assert.Equal("invoicer", happened.Report.Report.App);
                    Assert.Equal("type.googleapis.com/" + MadeUpContract.TypeName, happened.Report.Report.Usage.TypeUrl);
                    Assert.Equal(Usage(), happened.Report.Report.Usage.Value);
                }

                await AssertKnownAsync(server);
            }

            await using (var restarted = await TestServer.StartAsync(data))
            {
                await AssertKnownAsync(restarted);
                restarted.Time.Advance(TimeSpan.FromDays(2));
                await SubmitAsync(restarted.Native, "https://a.example");
                Assert.Equal(3, restarted.Store.InstanceCount);
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task A_contract_that_could_carry_free_text_or_a_person_is_refused_with_the_rule(string name)
    {
        await using var server = await TestServer.StartAsync();
        var contract = new MadeUpContract();
        Refused[name].Break(contract);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(server, contract));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Equal("CONTRACT_INVALID", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Equal(Refused[name].Field, Assert.Single(refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
    }

    [Theory]
    [MemberData(nameof(BreakingNames))]
    public async Task A_next_contract_that_means_something_else_is_refused_with_the_field(string name)
    {
        await using var server = await TestServer.StartAsync();
        await RegisterAsync(server, new MadeUpContract());
        var next = new MadeUpContract();
        Breaking[name].Break(next);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(server, next));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Equal("CONTRACT_INCOMPATIBLE", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.Contains(refusal.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations, violation => violation.Field == Breaking[name].Field);
    }

    [Fact]
    public async Task A_next_contract_may_add_and_remove_and_a_number_that_is_gone_stays_gone()
    {
        await using var server = await TestServer.StartAsync();
        await RegisterAsync(server, new MadeUpContract());
        await SubmitAsync(server.Native, "https://a.example");
        var next = new MadeUpContract();
        next.Remove("archive_enabled");
        next.Add("reminders", 12, FieldType.Uint32);
        next.Change("template", policy => policy.Labels.Add("classic"));

        Assert.Equal(2u, (await RegisterAsync(server, next)).Revision);
        Assert.Equal(2u, (await RegisterAsync(server, next)).Revision);

        server.Time.Advance(TimeSpan.FromDays(1));
        await SubmitAsync(server.Native, "https://a.example", [.. Usage(), 0x60, 0x07]);
        var instance = (await server.Admin.ListInstancesAsync(new(), server.Authorized)).Instances.Single();
        Assert.True(instance.Usage.Value.Span.IndexOf(new byte[] { 0x60, 0x07 }) > 0);
        var again = new MadeUpContract();
        again.Field("archive_enabled").Name = "something_else";
        await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(server, again));
    }

    [Fact]
    public async Task Comments_and_places_in_source_files_are_taken_and_not_kept()
    {
        await using var server = await TestServer.StartAsync();
        var contract = new MadeUpContract();
        var comment = new SourceCodeInfo.Types.Location { LeadingComments = new string('x', 200_000), Span = { 1, 2, 3 } };
        contract.File.SourceCodeInfo = new SourceCodeInfo { Location = { comment } };

        Assert.Equal(1u, (await RegisterAsync(server, contract)).Revision);
        Assert.Equal(1u, (await RegisterAsync(server, new MadeUpContract())).Revision);

        var kept = (await server.Apps.GetAppAsync(new() { App = "invoicer" }, server.Authorized)).DescriptorSet;
        Assert.True(kept.Length < 30_000, $"{kept.Length} bytes are kept");
    }

    [Fact]
    public async Task What_another_app_defines_already_is_refused_and_reflection_goes_on()
    {
        await using var server = await TestServer.StartAsync();
        await RegisterAsync(server, new MadeUpContract());
        var second = new MadeUpContract { App = new Wire.AppPolicy { Slug = "other", DisplayName = "Other" } };
        second.Usage.Name = "OtherUsage";
        foreach (var field in second.Usage.Field.Where(field => field.TypeName.Contains(".Usage.", StringComparison.Ordinal)))
        {
            field.TypeName = field.TypeName.Replace(".Usage.", ".OtherUsage.", StringComparison.Ordinal);
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(server, second));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        second.MoveTo("other");
        Assert.Equal("other", (await RegisterAsync(server, second)).Slug);
        using var call = new ServerReflection.ServerReflectionClient(server.Native).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "other.OtherUsage" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.NotEmpty(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto);
        await call.RequestStream.CompleteAsync();
    }

    [Fact]
    public async Task What_is_only_checked_is_not_registered_and_an_app_of_the_server_is_not_for_others()
    {
        await using var server = await TestServer.StartAsync();
        var checkedOnly = await server.Apps.RegisterAppAsync(
            new() { DescriptorSet = new MadeUpContract().ToSet(), ValidateOnly = true }, server.Authorized);
        var own = new MadeUpContract { App = new Wire.AppPolicy { Slug = "roomvox", DisplayName = "RoomVox" } };

        var refusal = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(server, own));

        Assert.Equal("invoicer", checkedOnly.App.Slug);
        Assert.DoesNotContain((await server.Apps.ListAppsAsync(new(), server.Authorized)).Apps, app => app.Slug == "invoicer");
        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        var missing = await Assert.ThrowsAsync<RpcException>(async () => await server.Apps.ListAppsAsync(new()));
        Assert.Equal(StatusCode.Unauthenticated, missing.StatusCode);
    }

    [Theory]
    [InlineData("X")]
    [InlineData("R2-D2 & Co. 2+")]
    [InlineData("L'Économe")]
    [InlineData("請求書")]
    public async Task A_name_as_vendors_write_it_is_taken_and_may_change(string name)
    {
        await using var server = await TestServer.StartAsync();
        await RegisterAsync(server, new MadeUpContract());
        var renamed = new MadeUpContract();
        renamed.App!.DisplayName = name;

        var app = await RegisterAsync(server, renamed);

        Assert.Equal((name, 2u), (app.DisplayName, app.Revision));
        var listed = (await server.Apps.ListAppsAsync(new(), server.Authorized)).Apps;
        Assert.Equal(name, Assert.Single(listed, other => other.Slug == "invoicer").DisplayName);
        Assert.All(listed.Where(other => other.BuiltIn), other => Assert.Equal(other.Slug, other.DisplayName.ToLowerInvariant()));
    }

    [Fact]
    public async Task On_a_full_disk_nothing_is_registered_and_the_next_attempt_works()
    {
        await using var server = await TestServer.StartAsync();
        server.HeldStore.Broken = "No space left on device.";

        var refusal = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(server, new MadeUpContract()));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("STORE_UNAVAILABLE", refusal.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.NotNull(refusal.GetRpcStatus()!.GetDetail<RetryInfo>());
        server.HeldStore.Broken = null;
        Assert.DoesNotContain((await server.Apps.ListAppsAsync(new(), server.Authorized)).Apps, app => app.Slug == "invoicer");
        var unknown = await Assert.ThrowsAsync<RpcException>(() => SubmitAsync(server.Native, "https://a.example"));
        Assert.Equal(StatusCode.InvalidArgument, unknown.StatusCode);
        Assert.Equal("app", Assert.Single(unknown.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
        Assert.Equal(1u, (await RegisterAsync(server, new MadeUpContract())).Revision);
        await SubmitAsync(server.Native, "https://a.example");
        Assert.Equal(1, server.Store.InstanceCount);
    }

    private static void Retype(FieldDescriptorProto field, FieldType type)
    {
        field.Type = type;
        field.ClearTypeName();
    }

    /// <summary>A field of the same number, without what only the other type may have.</summary>
    private static void Retype(MadeUpContract contract, string name, FieldType type)
    {
        var before = contract.Field(name);
        var number = before.Number;
        var format = before.Options.GetExtension(Wire.FieldPolicyExtensions.FieldPolicy).Format;
        contract.Remove(name);
        contract.Add(name, number, type, policy => policy.Format = type == FieldType.String ? format : Wire.TextFormat.Unspecified);
    }

    private static async Task<Wire.App> RegisterAsync(TestServer server, MadeUpContract contract) =>
        (await server.Apps.RegisterAppAsync(new() { DescriptorSet = contract.ToSet() }, server.Authorized)).App;

    /// <summary>One value of every kind, as the bytes of the made-up message in their canonical form.</summary>
    private static ByteString Usage()
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteRawTag(0x08);
            output.WriteUInt32(3);
            output.WriteRawTag(0x10);
            output.WriteUInt64(12_345_678_901);
            output.WriteRawTag(0x19);
            output.WriteDouble(2.5);
            output.WriteRawTag(0x20);
            output.WriteBool(false);
            output.WriteRawTag(0x28);
            output.WriteEnum(3);
            output.WriteRawTag(0x32);
            output.WriteString("4.2");
            output.WriteRawTag(0x3A);
            output.WriteString("AT");
            output.WriteRawTag(0x42);
            output.WriteString("modern");
            output.WriteRawTag(0x4A);
            output.WriteBytes(ByteString.CopyFrom([0x0A, 3, (byte)'e', (byte)'u', (byte)'r', 0x10, 2]));
            output.WriteRawTag(0x52);
            output.WriteBytes(ByteString.CopyFrom([0x0A, 2, (byte)'d', (byte)'e', 0x10, 5]));
            output.WriteRawTag(0x5A);
            output.WriteString("de");
        }

        return ByteString.CopyFrom(stream.ToArray());
    }

    private static async Task SubmitAsync(Grpc.Net.Client.GrpcChannel channel, string url, byte[]? usage = null)
    {
        var request = SampleReports.Request(url);
        request.Report.App = "invoicer";
        request.Report.Usage = new Any
        {
            TypeUrl = "type.googleapis.com/" + MadeUpContract.TypeName,
            Value = usage is null ? Usage() : ByteString.CopyFrom(usage),
        };
        await new Wire.ReportingService.ReportingServiceClient(channel).SubmitReportAsync(request);
    }

    private static async Task PostAsync(TestServer server, string url)
    {
        var json = $$"""
            {
              "usage": {
                "@type": "type.googleapis.com/acme.invoicer.Usage", "invoices": 3, "amount": "12345678901", "averageLines": 2.5,
                "archive_enabled": false, "plan": "PLAN_LARGE", "engineVersion": "4.2", "taxCountry": "at", "template": "modern",
                "currencies": {"eur": 2}, "textsByLanguage": {"de": "5"}, "languages": ["de"]
              },
              "reportId": "{{Guid.NewGuid():D}}", "instanceHash": "{{SampleReports.HashOf(url)}}", "app": "invoicer", "app_version": "1.0",
              "environment": {"country": "DE", "database": "DATABASE_POSTGRESQL", "osFamily": 2}, "users": {"total": 4}
            }
            """;
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await server.HttpClient.PostAsync("/v1/reports", content);

        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        using var answer = JsonDocument.Parse(body);
        Assert.Equal("COMMUNITY", answer.RootElement.GetProperty("receipt").GetProperty("verdict").GetString()!["CLAIM_VERDICT_".Length..]);
    }

    private static async Task AssertKnownAsync(TestServer server)
    {
        var app = await server.Apps.GetAppAsync(new() { App = "invoicer" }, server.Authorized);
        Assert.Contains(app.Fields, field => field.Path == "usage.average_lines" && field.Purpose == "Shows how it is used.");
        Assert.Equal(new MadeUpContract().ToSet(), app.DescriptorSet);
        var reports = FileDescriptor.BuildFromByteStrings(FileDescriptorSet.Parser.ParseFrom(app.ReportDescriptorSet).File.Select(file => file.ToByteString()));
        Assert.Contains(reports.SelectMany(file => file.MessageTypes), message => message.FullName == "telemetry.v1.Report");
        var page = await server.Admin.ListInstancesAsync(new() { Filter = new() { Apps = { "invoicer" } } }, server.Authorized);
        Assert.Equal(3, page.Instances.Count);
        Assert.All(page.Instances, instance => Assert.Equal(MadeUpContract.TypeName, Any.GetTypeName(instance.Usage.TypeUrl)));
        using var call = new ServerReflection.ServerReflectionClient(server.Native).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = MadeUpContract.TypeName });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Contains(
            call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto,
            file => FileDescriptorProto.Parser.ParseFrom(file).Name == "invoicer/usage.proto");
        await call.RequestStream.CompleteAsync();
    }
}
