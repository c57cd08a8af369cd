using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Telemetry.Server.Licensing;

/// <summary>Assembles signed texts: JWS (RFC 7515) in compact form, signed with ES256.</summary>
/// <remarks>
/// The one way in which the server signs. It only ever writes; texts are read and verified by a JOSE library, in apps and
/// in the tests. Threading: any.
/// </remarks>
internal static class CompactJws
{
    private const byte Separator = (byte)'.';

    /// <param name="key">Signs, and is named in the header.</param>
    /// <param name="type">What kind of text it is.</param>
    /// <param name="payload">JSON in UTF-8.</param>
    public static string Make(SigningKey key, string type, ReadOnlySpan<byte> payload)
    {
        var header = key.HeaderOf(type);
        var signedLength = header.Length + 1 + Base64Url.GetEncodedLength(payload.Length);
        var length = signedLength + 1 + Base64Url.GetEncodedLength(SigningKey.SignatureSize);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var text = buffer.AsSpan(0, length);
            header.CopyTo(text);
            text[header.Length] = Separator;
            Base64Url.EncodeToUtf8(payload, text[(header.Length + 1)..]);

            Span<byte> signature = stackalloc byte[SigningKey.SignatureSize];
            key.Sign(text[..signedLength], signature);
            text[signedLength] = Separator;
            Base64Url.EncodeToUtf8(signature, text[(signedLength + 1)..]);
            return Encoding.ASCII.GetString(text);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
