using Google.Protobuf.Reflection;
using Telemetry.Server.Privacy;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Privacy;

public sealed class FieldRegisterTests
{
    [Fact]
    public void Every_field_of_the_contract_is_registered_and_nothing_else() =>
        Assert.Equal(
            PathsOf(Wire.Report.Descriptor, "").Order(StringComparer.Ordinal),
            FieldRegister.Fields.Select(field => field.Path).Order(StringComparer.Ordinal));

    [Fact]
    public void The_key_is_the_only_secret_and_is_never_stored()
    {
        var secret = Assert.Single(FieldRegister.Fields, field => field.Sensitivity == Server.Privacy.Sensitivity.Secret);
        Assert.Equal("subscription.key", secret.Path);
        Assert.Equal(
            Wire.Retention.NeverStored,
            FieldRegisterMapper.Response.Fields.Single(field => field.Path == secret.Path).Retention);
        Assert.Null(Wire.SubscriptionFlags.Descriptor.FindFieldByName("key"));
        Assert.Null(Wire.StoredReport.Descriptor.FindFieldByName("instance_hash"));
    }

    [Fact]
    public async Task The_register_is_open_to_everyone()
    {
        await using var server = await TestServer.StartAsync();
        var client = new Wire.ReportingService.ReportingServiceClient(server.Web);

        var register = await client.GetFieldRegisterAsync(new Wire.GetFieldRegisterRequest());

        Assert.Equal(FieldRegister.Version, register.Version);
        Assert.All(register.Fields, field => Assert.EndsWith(".", field.Purpose, StringComparison.Ordinal));
    }

    private static IEnumerable<string> PathsOf(MessageDescriptor message, string prefix) =>
        message.Fields.InDeclarationOrder().SelectMany(field =>
            field.FieldType == FieldType.Message && !field.IsMap
                ? PathsOf(field.MessageType, prefix + field.Name + ".")
                : [prefix + field.Name]);
}
