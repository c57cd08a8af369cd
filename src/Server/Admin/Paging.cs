using System.Globalization;
using Telemetry.Server.Rpc;
using Telemetry.Schema;

namespace Telemetry.Server.Admin;

/// <summary>Reads page sizes, page tokens and filters by app.</summary>
internal static class Paging
{
    public const string TokenRule = "must be a token that the page before gave";

    /// <summary>The size asked for; the standard one when none is.</summary>
    public static int Size(string field, uint size, int standard, int maximum) => size switch
    {
        0 => standard,
        _ when size <= maximum => (int)size,
        _ => throw RpcErrors.InvalidField(field, $"must be at most {maximum}"),
    };

    /// <summary>The app by which a list is to be filtered; null for all.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no such app.</exception>
    public static string? App(AppRegistry apps, string slug) =>
        slug.Length == 0 ? null : apps.Find(slug)?.App ?? throw RpcErrors.InvalidField("app", apps.Rule);

    /// <summary>The number in a token; the first one when the token is empty.</summary>
    public static long Token(string field, string token, long first, long maximum)
    {
        if (token.Length == 0)
        {
            return first;
        }

        return long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= maximum
            ? value
            : throw RpcErrors.InvalidField(field, TokenRule);
    }

    public static string Token(long number) => number.ToString(CultureInfo.InvariantCulture);
}
