using Google.Protobuf.Reflection;

namespace Telemetry.Client.Contract;

/// <summary>What a map is made of. A map with other keys than texts is a list of entries here.</summary>
internal sealed record ContractMap(FieldDescriptor Key, FieldDescriptor Value)
{
    /// <summary>Null for anything but a map of texts to something, also for one that is not whole.</summary>
    public static ContractMap? Of(FieldDescriptor field) =>
        field.IsMap
        && field.MessageType.FindFieldByNumber(1) is { FieldType: FieldType.String } key
        && field.MessageType.FindFieldByNumber(2) is { } value
            ? new ContractMap(key, value)
            : null;
}
