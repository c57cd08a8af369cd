using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;
using Google.Protobuf;

namespace Telemetry.Server.Rpc;

/// <summary>Where a page of a list ended, as a text that the caller gives back for the next one.</summary>
/// <remarks>
/// It carries a checksum of place and question: the place means nothing in another filter or order, and going on there
/// would leave out what nobody would miss. It is no secret: whoever makes one up reads what he may read anyway.
/// </remarks>
internal static class PageToken
{
    private const int SumSize = sizeof(ulong);

    /// <param name="question">What was asked, without page size and token.</param>
    /// <param name="place">Where the page ended.</param>
    public static string Of(IMessage question, string place)
    {
        var bytes = Encoding.UTF8.GetBytes(place);
        return Base64Url.EncodeToString([.. SumOf(question, bytes), .. bytes]);
    }

    /// <returns>Where the page before ended; null for the first page.</returns>
    /// <exception cref="Grpc.Core.RpcException">No page of this question gave the token.</exception>
    public static string? Read(string field, string token, IMessage question)
    {
        if (token.Length == 0)
        {
            return null;
        }

        var bytes = Base64Url.IsValid(token) ? Base64Url.DecodeFromChars(token) : [];
        return bytes.Length > SumSize && bytes.AsSpan(0, SumSize).SequenceEqual(SumOf(question, bytes.AsSpan(SumSize)))
            ? Encoding.UTF8.GetString(bytes.AsSpan(SumSize))
            : throw Refused(field);
    }

    public static Grpc.Core.RpcException Refused(string field) => RpcErrors.InvalidField(
        field, "must be a token that the page before gave, with the same filter and order; leave it empty to begin anew");

    private static byte[] SumOf(IMessage question, ReadOnlySpan<byte> place) => XxHash3.Hash([.. question.ToByteArray(), .. place]);
}
