using System.Text;
using System.Text.Json;
using Telemetry.Schema;
using Telemetry.Server.Model;

namespace Telemetry.Server.Export;

/// <summary>What the server made of a report, by the names that questions know.</summary>
internal static class JudgedCells
{
    public const int Count = 3;

    private static readonly EnumerationValues Verdicts = JudgedFields.ValuesOf(JudgedFields.Verdict)!;
    private static readonly EnumerationValues Reasons = JudgedFields.ValuesOf(JudgedFields.ClaimReason)!;
    private static readonly EnumerationValues Sources = JudgedFields.ValuesOf(JudgedFields.CountrySource)!;

    public static void Fill(Span<ExportCell> cells, Claim claim, CountrySource source)
    {
        cells[0] = Name(Verdicts, (int)claim.Verdict);
        cells[1] = Name(Reasons, (int)claim.Reason);
        cells[2] = Name(Sources, (int)source);
    }

    private static ExportCell Name(EnumerationValues values, int number) => number == 0 ? default : ExportCell.Of(values.NameOf(number));
}

/// <summary>What an event means, as the contract names it.</summary>
internal static class KindNames
{
    private static readonly Dictionary<EventKinds, string> Known = [];

    public static string JsonOf(EventKinds kinds)
    {
        lock (Known)
        {
            if (!Known.TryGetValue(kinds, out var json))
            {
                // Few of the ways to put them together occur.
                var names = Enum.GetValues<EventKinds>().Where(kind => kind != EventKinds.None && kinds.HasFlag(kind)).Select(NameOf);
                Known[kinds] = json = JsonSerializer.Serialize(names);
            }

            return json;
        }
    }

    /// <summary>"InstanceReturned" is EVENT_KIND_INSTANCE_RETURNED.</summary>
    private static string NameOf(EventKinds kind)
    {
        var name = new StringBuilder("EVENT_KIND");
        foreach (var letter in kind.ToString())
        {
            name.Append(char.IsUpper(letter) ? "_" : "").Append(char.ToUpperInvariant(letter));
        }

        return name.ToString();
    }
}
