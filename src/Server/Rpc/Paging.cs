using Google.Protobuf.Collections;
using Telemetry.Schema;
using Telemetry.Server.Model;
using Interval = Google.Type.Interval;

namespace Telemetry.Server.Rpc;

/// <summary>What all lists have in common: page sizes, orders, and the parts of filters.</summary>
internal static class Paging
{
    private const int MaxValues = 100;

    /// <summary>The size asked for, the standard one when none is, the largest one when it is more (AIP-158).</summary>
    public static int Size(uint size, int standard, int maximum) => size == 0 ? standard : (int)Math.Min(size, (uint)maximum);

    /// <summary>The app by which a list is to be filtered; null for all.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no such app.</exception>
    public static string? App(AppRegistry apps, string slug) =>
        slug.Length == 0 ? null : apps.Find(slug)?.App ?? throw RpcErrors.InvalidField("app", apps.Rule);

    /// <summary>A field to order by and whether the largest come first, as in AIP-132; the default when nothing is said.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no such order.</exception>
    public static (T Field, bool Descending) Order<T>(string order, IReadOnlyDictionary<string, T> fields)
        where T : struct
    {
        var words = order.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [] => default,
            [var name] when fields.TryGetValue(name, out var field) => (field, false),
            [var name, "desc"] when fields.TryGetValue(name, out var field) => (field, true),
            _ => throw RpcErrors.InvalidField(
                "order_by", $"must be one of {string.Join(", ", fields.Keys)}, with \" desc\" behind it for the largest first"),
        };
    }

    /// <summary>The values of a list in a filter; null when it is empty and so selects everything.</summary>
    /// <param name="field">The list.</param>
    /// <param name="values">Its values.</param>
    /// <param name="read">Makes of each what is compared; null when nothing has such a value.</param>
    /// <param name="rule">What a value must be.</param>
    /// <exception cref="Grpc.Core.RpcException">There are too many, or one that nothing has.</exception>
    public static HashSet<T>? Set<TWire, T>(string field, RepeatedField<TWire> values, Func<TWire, T?> read, string rule)
        where T : class
    {
        CheckCount(field, values.Count);
        return values.Count == 0 ? null : [.. values.Select(value => read(value) ?? throw RpcErrors.InvalidField(field, rule))];
    }

    /// <inheritdoc cref="Set{TWire, T}"/>
    public static HashSet<T>? Enums<TWire, T>(string field, RepeatedField<TWire> values)
        where TWire : struct, System.Enum
        where T : struct, System.Enum
    {
        CheckCount(field, values.Count);
        return values.Count == 0
            ? null
            : [.. values.Select(value => WireEnums.Read<TWire, T>(field, value)
                ?? throw RpcErrors.InvalidField(field, "must hold values that this server knows"))];
    }

    /// <summary>Moments from the start on and before the end; null when nothing is restricted.</summary>
    /// <exception cref="Grpc.Core.RpcException">It ends before it begins, or is no time at all.</exception>
    public static MomentRange? Range(string field, Interval? interval)
    {
        if (interval is null)
        {
            return null;
        }

        var range = new MomentRange(
            interval.StartTime is { } start ? WireMoments.CeilingMs(field + ".start_time", start) : long.MinValue,
            interval.EndTime is { } end ? WireMoments.CeilingMs(field + ".end_time", end) : long.MaxValue);
        return range.From < range.Until ? range : throw RpcErrors.InvalidField(field, "must end after it begins");
    }

    /// <exception cref="Grpc.Core.RpcException">There are too many.</exception>
    public static void CheckCount(string field, int count)
    {
        if (count > MaxValues)
        {
            throw RpcErrors.InvalidField(field, $"must have at most {MaxValues} values");
        }
    }
}
