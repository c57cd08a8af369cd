using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Telemetry.Server.Model;
using Telemetry.Server.Privacy;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Privacy;

public sealed class FieldRegisterTests
{
    [Fact]
    public void Every_field_of_the_contract_has_a_purpose()
    {
        Assert.Equal(
            PathsOf(Wire.Report.Descriptor, "").Order(StringComparer.Ordinal),
            FieldRegister.Fields.Select(field => field.Path).Order(StringComparer.Ordinal));
        Assert.All(FieldRegister.Fields, field => Assert.EndsWith(".", field.Purpose, StringComparison.Ordinal));
        Assert.Equal(
            Server.Privacy.Sensitivity.Pseudonym,
            FieldRegister.Fields.Single(field => field.Path == "instance_hash").Sensitivity);
    }

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
    public void The_labels_of_the_contract_are_those_that_the_store_tells_apart()
    {
        Assert.Equal(LabelsOf(LabelRegister.RoomTypes), LabelsOf("room_types"));
        Assert.Equal(LabelsOf(LabelRegister.Facilities), LabelsOf("facilities"));
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

    private static IEnumerable<string> LabelsOf(LabelRegister register) =>
        Enumerable.Range(1, register.Count - 1).Select(index => register.NameOf((byte)index));

    private static RepeatedField<string> LabelsOf(string map) =>
        Wire.RoomVoxUsage.Descriptor.FindFieldByName(map).GetOptions()
            .GetExtension(Wire.FieldPolicyExtensions.FieldPolicy).Labels;

    private static IEnumerable<string> PathsOf(MessageDescriptor message, string prefix) =>
        message.Fields.InDeclarationOrder().SelectMany(field =>
            field.FieldType == FieldType.Message && !field.IsMap
                ? PathsOf(field.MessageType, prefix + field.Name + ".")
                : [prefix + field.Name]);
}
