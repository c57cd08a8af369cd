using System.Globalization;
using Google.Protobuf;
using RpcStatus = Google.Rpc.Status;

namespace Telemetry.Server.Rpc;

/// <summary>A gRPC status where the library does not write one. Without a response body it travels as headers.</summary>
internal static class StatusHeaders
{
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Details = "grpc-status-details-bin";

    public static void Write(IHeaderDictionary headers, RpcStatus status)
    {
        headers[Status] = status.Code.ToString(CultureInfo.InvariantCulture);
        headers[Message] = Uri.EscapeDataString(status.Message);
        headers[Details] = Convert.ToBase64String(status.ToByteArray());
    }
}
