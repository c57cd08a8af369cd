using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;

namespace Telemetry.Contracts.Rules;

/// <summary>What an app's contract may hold: the same for the server, for the command line, and for the app at its start.</summary>
/// <remarks>What breaks no rule here can carry no free text.</remarks>
internal sealed partial class ContractRules
{
    private const int MaxDepth = 3;
    private const int MaxNumber = 1_000;
    private const int MaxFields = 200;

    /// <summary>A longer name would not be found in JSON.</summary>
    private const int MaxName = 64;

    /// <summary>With its package; every report repeats it.</summary>
    private const int MaxFullName = 256;

    private readonly List<ContractProblem> _problems = [];
    private readonly bool _isApp;
    private int _seen;

    private ContractRules(bool isApp) => _isApp = isApp;

    /// <summary>Every rule that an app's usage message breaks.</summary>
    /// <param name="usage">The message.</param>
    /// <param name="mayHaveDoors">Whether it may claim HTTP paths.</param>
    public static IReadOnlyList<ContractProblem> ProblemsOf(MessageDescriptor usage, bool mayHaveDoors)
    {
        var rules = new ContractRules(isApp: true);
        rules.CheckApp(FieldPolicies.Of(usage), mayHaveDoors);
        rules.CheckFields(usage.Fields.InDeclarationOrder(), Report.Descriptor.FindFieldByNumber(Report.UsageFieldNumber).Name + ".", [usage]);
        if (usage.FullName.Length > MaxFullName)
        {
            rules.Refuse("", $"has a full name of more than {MaxFullName} characters");
        }

        if (rules._seen > MaxFields)
        {
            rules.Refuse("", $"has more than {MaxFields} fields");
        }

        return rules._problems;
    }

    /// <summary>Every rule that the report itself breaks, apart from the app's usage in it.</summary>
    public static IReadOnlyList<ContractProblem> ProblemsOfReport()
    {
        var rules = new ContractRules(isApp: false);
        rules.CheckFields(
            Report.Descriptor.Fields.InDeclarationOrder().Where(field => field.FieldNumber != Report.UsageFieldNumber), "", [Report.Descriptor]);
        return rules._problems;
    }

    private void CheckApp(AppPolicy? policy, bool mayHaveDoors)
    {
        if (policy is null)
        {
            Refuse("", "has no option (telemetry.v1.app); it names the app");
            return;
        }

        if (!AppSlug.IsValid(policy.Slug))
        {
            Refuse("", $"has a slug that is not {AppSlug.Rule}");
        }

        if (!DisplayName().IsMatch(policy.DisplayName))
        {
            Refuse("", "has no display_name of 1 to 40 letters, digits, spaces and the characters . + & ' -, with a letter or digit first");
        }

        if (policy.Doors.Count > 0 && !mayHaveDoors)
        {
            Refuse("", "claims HTTP paths; only apps that the server brings along have some");
        }
    }

    private void CheckFields(IEnumerable<FieldDescriptor> fields, string prefix, IReadOnlyList<MessageDescriptor> around)
    {
        // In JSON, an Any says there what it is.
        var names = new HashSet<string>(StringComparer.Ordinal) { "@type" };
        foreach (var field in fields)
        {
            // A few messages inside each other can stand for millions of fields.
            if (_isApp && ++_seen > MaxFields)
            {
                return;
            }

            CheckField(field, prefix + field.Name, names, around);
        }
    }

    private void CheckField(FieldDescriptor field, string path, HashSet<string> names, IReadOnlyList<MessageDescriptor> around)
    {
        if (field.FieldNumber > MaxNumber)
        {
            Refuse(path, $"has a number above {MaxNumber}");
        }
        else if (field.Name.Length > MaxName || field.JsonName.Length > MaxName)
        {
            Refuse(path, $"has a name of more than {MaxName} characters");
        }
        else if (!names.Add(field.Name) | (field.JsonName != field.Name && !names.Add(field.JsonName)))
        {
            Refuse(path, "has a name that JSON cannot tell from another's");
        }
        else if (field.RealContainingOneof is not null)
        {
            Refuse(path, "is in a oneof; give each alternative a field of its own");
        }
        else if (!FieldPolicies.IsGroup(field))
        {
            _problems.AddRange(FieldRules.BrokenBy(field, _isApp).Select(rule => new ContractProblem(path, rule)));
        }
        else if (field.IsRepeated)
        {
            Refuse(path, "is a list of messages; collect counts instead");
        }
        else if (around.Count >= MaxDepth || around.Contains(field.MessageType))
        {
            Refuse(path, $"holds messages more than {MaxDepth} deep");
        }
        else
        {
            CheckFields(field.MessageType.Fields.InDeclarationOrder(), path + ".", [.. around, field.MessageType]);
        }
    }

    private void Refuse(string path, string rule) => _problems.Add(new ContractProblem(path, rule));

    [GeneratedRegex(@"\A[\p{L}\p{Nd}](?:[\p{L}\p{Nd} .+&'-]{0,38}[\p{L}\p{Nd}.+'])?\z")]
    private static partial Regex DisplayName();
}

/// <summary>A rule that a contract breaks.</summary>
/// <param name="Field">The field's path; empty for the message itself.</param>
/// <param name="Rule">The rule and what to do.</param>
internal sealed record ContractProblem(string Field, string Rule)
{
    public override string ToString() => Field.Length == 0 ? "it " + Rule : $"{Field} {Rule}";
}
