using Google.Protobuf;
using Google.Protobuf.Reflection;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Demo;

/// <summary>The app that does not come with the server, as its vendor registers it.</summary>
internal static class DemoContract
{
    public static readonly ByteString Bytes = new FileDescriptorSet
    {
        File =
        {
            FileDescriptor.DescriptorProtoFileDescriptor.ToProto(), Wire.FieldPolicyReflection.Descriptor.ToProto(),
            Shelfmark.ShelfmarkReflection.Descriptor.ToProto(),
        },
    }.ToByteString();
}
