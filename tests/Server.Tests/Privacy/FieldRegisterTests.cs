using Google.Protobuf.Reflection;
using Grpc.Core;
using Telemetry.Schema;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Privacy;

public sealed class FieldRegisterTests
{
    private static readonly AppRegistry Apps = new();
    private static readonly Wire.KeptFor Kept = new() { ReportDays = 40, DailyFactDays = 400 };

    public static TheoryData<string> Slugs => [.. Apps.All.Select(schema => schema.App)];

    [Theory]
    [MemberData(nameof(Slugs))]
    public void Every_field_of_a_contract_is_in_it_with_its_purpose(string app)
    {
        var schema = Apps.Find(app)!;

        var register = FieldRegister.Of(schema, Kept).Fields;

        Assert.Equal(
            PathsOf(Wire.Report.Descriptor, "").Concat(PathsOf(schema.Descriptor!, "usage.")).Order(StringComparer.Ordinal),
            register.Select(field => field.Path).Order(StringComparer.Ordinal));
        Assert.All(register, field => Assert.EndsWith(".", field.Purpose, StringComparison.Ordinal));
        Assert.Equal(Wire.Sensitivity.Pseudonym, register.Single(field => field.Path == "instance_hash").Sensitivity);
    }

    [Fact]
    public void The_key_is_the_only_secret_and_is_never_stored()
    {
        var secret = Assert.Single(FieldRegister.Of(CoreFields.Schema, Kept).Fields, field => field.Sensitivity == Wire.Sensitivity.Secret);

        Assert.Equal(("subscription.key", Wire.Retention.NeverStored, 0u), (secret.Path, secret.Retention, secret.KeptDays));
        Assert.DoesNotContain(Apps.All.SelectMany(schema => schema.Fields), field => field.Policy.Secret && field.IsStored);
    }

    [Fact]
    public async Task The_register_is_open_to_everyone()
    {
        await using var server = await TestServer.StartAsync();
        var client = new Wire.ReportingService.ReportingServiceClient(server.Web);

        var common = await client.GetFieldRegisterAsync(new Wire.GetFieldRegisterRequest());
        var app = await client.GetFieldRegisterAsync(new Wire.GetFieldRegisterRequest { App = "formvox" });

        Assert.DoesNotContain(common.Fields, field => field.Path.StartsWith("usage.", StringComparison.Ordinal));
        Assert.Contains(app.Fields, field => field.Path == "usage.forms");
        Assert.Equal(1u, app.Version);
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await client.GetFieldRegisterAsync(new() { App = "no-such-app" }));
        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    [Fact]
    public async Task It_states_for_how_many_days_this_server_keeps_what_comes_of_a_report()
    {
        await using var server = await TestServer.StartAsync(settings: ["Retention:ReportDays=40", "Retention:DailyFactDays=400"]);

        var register = await new Wire.ReportingService.ReportingServiceClient(server.Web).GetFieldRegisterAsync(new());

        Assert.Equal(Kept, register.KeptFor);
        Assert.All(register.Fields, field => Assert.Equal(field.Retention == Wire.Retention.WithReport ? 40u : 0, field.KeptDays));
    }

    private static IEnumerable<string> PathsOf(MessageDescriptor message, string prefix) =>
        message.Fields.InDeclarationOrder().Where(field => field.Name != "usage").SelectMany(field =>
            field.FieldType == FieldType.Message && !field.IsMap
                ? PathsOf(field.MessageType, prefix + field.Name + ".")
                : [prefix + field.Name]);
}
