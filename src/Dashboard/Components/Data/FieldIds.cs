namespace Telemetry.Dashboard.Components.Data;

/// <summary>What a control in a field needs: its id, aria-describedby, and aria-invalid.</summary>
public sealed record FieldIds(string Id, string Describes, bool IsWrong)
{
    public string? Invalid => IsWrong ? "true" : null;

    public string? DescribedBy => Describes.Length == 0 ? null : Describes;
}
