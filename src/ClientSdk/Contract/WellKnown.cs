using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Telemetry.Client.Contract;

/// <summary>What protobuf itself defines, above all Any.</summary>
internal static class WellKnown
{
    public const string Package = "google.protobuf";
    public const string AnyName = "google.protobuf.Any";

    /// <summary>How an Any names a type.</summary>
    public static string UrlOf(MessageDescriptor type) => "type.googleapis.com/" + type.FullName;

    public static Any AnyOf(ContractMessage message) => Any.Parser.ParseFrom(message.ToBytes());

    /// <summary>What an Any holds; null when its type is not found, or it is not of that type after all.</summary>
    /// <param name="any">The Any.</param>
    /// <param name="find">Finds a type by its full name.</param>
    public static ContractMessage? TryOpen(Any any, Func<string, MessageDescriptor?> find)
    {
        try
        {
            return find(Any.GetTypeName(any.TypeUrl)) is { } type ? ContractMessage.Read(type, any.Value) : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
