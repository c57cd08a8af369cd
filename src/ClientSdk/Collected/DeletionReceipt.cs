using System.Text.Json.Serialization;
using Telemetry.Client.Send;
using Telemetry.Contracts.V1;

namespace Telemetry.Client;

/// <summary>What the server said when it erased what it had collected of an installation.</summary>
public sealed record DeletionReceipt
{
    private const int LongestReceipt = 4_096;

    /// <summary>The app's slug.</summary>
    public required string App { get; init; }

    /// <summary>How many reports were erased; older ones were not kept any more.</summary>
    public required long Reports { get; init; }

    /// <summary>When, by the server's clock.</summary>
    public required DateTimeOffset DeletedAt { get; init; }

    /// <summary>
    /// The proof, signed by the server: a JWS in compact form. ErasureReceipt.Verify of the package Telemetry.Client.Licensing
    /// and "telemetry instances receipt" verify it, without the server.
    /// </summary>
    public required string Receipt { get; init; }

    [JsonIgnore]
    internal bool IsPlausible => App is not null && Receipt is not null;

    /// <summary>Null when it is none: whoever answers may not be ours.</summary>
    internal static DeletionReceipt? Of(ErasedApp erased)
    {
        try
        {
            return erased.Receipt.Length is > 0 and <= LongestReceipt && erased.ErasedAt is { } at
                ? new DeletionReceipt
                {
                    App = ServerWords.Field(erased.App),
                    Reports = (long)Math.Min(erased.Reports, long.MaxValue),
                    DeletedAt = at.ToDateTimeOffset(),
                    Receipt = ServerWords.Text(erased.Receipt, LongestReceipt),
                }
                : null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // A moment that is none.
            return null;
        }
    }
}
