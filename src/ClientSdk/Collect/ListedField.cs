using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Collect;

/// <summary>One field of the report, with what the contract says about it.</summary>
internal sealed class ListedField
{
    /// <summary>Shown in place of a secret, which is for the server alone.</summary>
    public const string Withheld = "(withheld)";

    private readonly FieldDescriptor[] _parents;
    private readonly FieldDescriptor _field;

    /// <param name="parents">The messages on the way to the field, from the report down.</param>
    /// <param name="field">The field.</param>
    public ListedField(FieldDescriptor[] parents, FieldDescriptor field)
    {
        _parents = parents;
        _field = field;
        Path = string.Join('.', parents.Append(field).Select(part => part.Name));
        var policy = field.GetOptions().GetExtension(FieldPolicyExtensions.FieldPolicy);
        Purpose = policy.Purpose;
        Secret = policy.Secret;
        SinceVersion = Math.Max(policy.SinceVersion, 1);
    }

    public string Path { get; }

    public string Purpose { get; }

    public bool Secret { get; }

    public uint SinceVersion { get; }

    /// <summary>The value as people read it; null when the report does not have it.</summary>
    public string? ValueIn(Report report) => Owner(report) is { } owner && IsSet(owner)
        ? Secret ? Withheld : Text(_field.Accessor.GetValue(owner))
        : null;

    public void ClearIn(Report report)
    {
        if (Owner(report) is { } owner)
        {
            _field.Accessor.Clear(owner);
        }
    }

    private IMessage? Owner(Report report)
    {
        IMessage? owner = report;
        foreach (var parent in _parents)
        {
            owner = owner is null ? null : parent.Accessor.GetValue(owner) as IMessage;
        }

        return owner;
    }

    private bool IsSet(IMessage owner) => _field.HasPresence
        ? _field.Accessor.HasValue(owner)
        : _field.Accessor.GetValue(owner) switch
        {
            string text => text.Length > 0,
            ICollection many => many.Count > 0,
            Enum value => Convert.ToInt32(value, CultureInfo.InvariantCulture) != 0,
            uint number => number != 0,
            _ => true,
        };

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "yes" : "no",
        IDictionary { Count: > 0 } map => string.Join(", ", map.Keys.Cast<string>().Order(StringComparer.Ordinal)
            .Select(key => string.Create(CultureInfo.InvariantCulture, $"{key}: {map[key]}"))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
