using Google.Protobuf.Reflection;
using Telemetry.Contracts.Rules;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Contract;

/// <summary>One field of the report, with what the contract says about it.</summary>
internal sealed class ListedField
{
    /// <summary>Shown in place of a secret, which is for the server alone.</summary>
    public const string Withheld = "(withheld)";

    private readonly FieldDescriptor[] _parents;
    private readonly FieldDescriptor _field;

    /// <param name="prefix">Of the path, e.g. "usage.".</param>
    /// <param name="parents">The fields on the way to this one.</param>
    /// <param name="field">The field.</param>
    /// <param name="policy">What the contract says about it.</param>
    public ListedField(string prefix, FieldDescriptor[] parents, FieldDescriptor field, FieldPolicy policy)
    {
        _parents = parents;
        _field = field;
        Path = prefix + string.Join('.', parents.Append(field).Select(part => part.Name));
        Purpose = policy.Purpose;
        Secret = policy.Secret;
        SinceVersion = Math.Max(policy.SinceVersion, 1);
    }

    public string Path { get; }

    public string Purpose { get; }

    public bool Secret { get; }

    public uint SinceVersion { get; }

    /// <summary>The value as people read it; null when the report does not have it.</summary>
    /// <param name="root">The message in which the way to the field begins.</param>
    public string? ValueIn(ContractMessage root) => Owner(root)?[_field] is { } value
        ? Secret ? Withheld : ContractValue.Text(_field, value)
        : null;

    public void ClearIn(ContractMessage root)
    {
        if (Owner(root) is { } owner)
        {
            owner[_field] = null;
        }
    }

    private ContractMessage? Owner(ContractMessage root) =>
        _parents.Aggregate((ContractMessage?)root, (owner, parent) => owner?[parent] as ContractMessage);
}
