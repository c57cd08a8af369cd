namespace Telemetry.Schema;

/// <summary>What a report says, field by field of its <see cref="ReportSchema"/>; counts by label are not among it.</summary>
/// <param name="numbers">How many number fields the schema has.</param>
/// <param name="texts">How many text fields.</param>
internal sealed class ReportValues(int numbers, int texts)
{
    /// <summary>Numbers, flags, enumerations and scaled decimals by the field's index; <see cref="Cell"/> has the other values.</summary>
    public long[] Numbers { get; } = Filled(numbers);

    /// <summary>Texts by the field's index; null for what was not reported.</summary>
    public string?[] Texts { get; } = new string?[texts];

    /// <summary>Whether a number or text was not reported.</summary>
    public bool IsAbsent(SchemaField field) => field.Kind.Storage switch
    {
        Kinds.KindStorage.Number => !Cell.IsValue(Numbers[field.Index]),
        Kinds.KindStorage.Text => Texts[field.Index] is null,
        _ => false,
    };

    private static long[] Filled(int length)
    {
        var cells = GC.AllocateUninitializedArray<long>(length);
        Array.Fill(cells, Cell.Absent);
        return cells;
    }
}

/// <summary>What stands where a number could stand.</summary>
/// <remarks>Markers, and not a list of violations kept while reading: of a field that comes twice the last one holds.</remarks>
internal static class Cell
{
    /// <summary>Not reported, which is not zero.</summary>
    public const long Absent = long.MinValue;

    /// <summary>Beyond what is allowed.</summary>
    public const long Refused = long.MinValue + 1;

    /// <summary>A value of an open list that this server does not know.</summary>
    public const long Unknown = long.MinValue + 2;

    public static bool IsValue(long cell) => cell > Unknown;
}
