using System.Buffers.Binary;
using Google.Protobuf;
using Telemetry.Contracts.V1;

namespace Bench.Load;

/// <summary>Checks of many licenses in turn, each by the installation that has its seat.</summary>
internal sealed class LicenseSource : IRequestSource
{
    private static readonly ByteString Nonce = ByteString.CopyFrom(new byte[32]);

    private readonly byte[][] _frames;
    private int _next;

    /// <param name="questions">The checks.</param>
    /// <param name="withToken">Whether a signed token is asked for.</param>
    /// <param name="first">Where to begin, so that connections ask about different licenses.</param>
    public LicenseSource(IReadOnlyList<(string Key, string Hash)> questions, bool withToken, int first)
    {
        _frames = [.. questions.Select(question => Frame(question.Key, question.Hash, withToken))];
        _next = first % _frames.Length;
    }

    public string Path => "/telemetry.v1.LicenseService/CheckLicense";

    public ReadOnlySpan<byte> Next()
    {
        var frame = _frames[_next];
        _next = (_next + 1) % _frames.Length;
        return frame;
    }

    private static byte[] Frame(string key, string hash, bool withToken)
    {
        var message = new CheckLicenseRequest
        {
            LicenseKey = key,
            InstanceHash = hash,
            App = "roomvox",
            Nonce = withToken ? Nonce : ByteString.Empty,
            WithoutToken = !withToken,
        }.ToByteArray();
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }
}
