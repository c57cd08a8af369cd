using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Telemetry.Contracts.Rules;
using Telemetry.Contracts.V1;

namespace Telemetry.Client.Contract;

/// <summary>All that a report of one app can carry, as the contract of the report and that of the app describe it.</summary>
internal sealed class ReportContract
{
    private static readonly FieldDescriptor UsageField = Report.Descriptor.FindFieldByNumber(Report.UsageFieldNumber);

    private readonly MessageDescriptor _usage;
    private readonly ListedField[] _own;
    private readonly ListedField[] _apps;

    /// <param name="usage">The app's usage message, which breaks no rule.</param>
    public ReportContract(MessageDescriptor usage)
    {
        _usage = usage;
        App = FieldPolicies.Of(usage)!.Slug;
        DisplayName = FieldPolicies.Of(usage)!.DisplayName;
        _own = [.. Read(Report.Descriptor, "", [])];
        _apps = [.. Read(usage, UsageField.Name + ".", [])];
        Version = Fields.Max(field => field.SinceVersion);
    }

    /// <summary>The app's slug.</summary>
    public string App { get; }

    /// <summary>The app's name as people write it.</summary>
    public string DisplayName { get; }

    /// <summary>Every field, in the order of the contract.</summary>
    public IEnumerable<ListedField> Fields => _own.Concat(_apps);

    /// <summary>The version of this list; grows with every field that is added.</summary>
    public uint Version { get; }

    /// <summary>Full name of the app's usage message.</summary>
    public string UsageType => _usage.FullName;

    /// <summary>Every rule that a usage message breaks, as a sentence; a server refuses the same.</summary>
    public static IEnumerable<string> ProblemsOf(MessageDescriptor usage) => ContractRules.ProblemsOf(usage, mayHaveDoors: true)
        .Select(problem => $"{usage.FullName} is refused: {problem}.");

    /// <summary>The app's contract for a tool that does not know the app; null when the bytes are none.</summary>
    /// <param name="files">As <see cref="Files"/> has them.</param>
    /// <param name="usageType">Full name of the usage message.</param>
    public static ReportContract? TryRead(byte[] files, string usageType) =>
        ContractFiles.Find(files, usageType) is { } usage && !ProblemsOf(usage).Any()
            ? new ReportContract(usage)
            : null;

    /// <summary>The app's contract as bytes: a google.protobuf.FileDescriptorSet.</summary>
    public byte[] Files() => ContractFiles.Pack(_usage);

    /// <summary>An app's figures for a report, without any text of somebody's own; null: none are known.</summary>
    public Any Pack(IMessage? usage)
    {
        var folded = usage is null ? new ContractMessage(_usage) : ContractMessage.Read(_usage, usage.ToByteString());
        LabelFold.Apply(folded);
        return AnyOf(folded);
    }

    /// <summary>What a report says, field by field; of an empty one, every field without a value.</summary>
    public IReadOnlyList<ReportField> Describe(Report report)
    {
        var (own, usage) = Open(report);
        return [.. _own.Select(field => Describe(field, own)), .. _apps.Select(field => Describe(field, usage))];
    }

    /// <summary>The report without what came after the version that was agreed to.</summary>
    public Report Withhold(Report report, uint newestAccepted)
    {
        var (own, usage) = Open(report);
        Withhold(_own, own, newestAccepted);
        Withhold(_apps, usage, newestAccepted);
        var withheld = Report.Parser.ParseFrom(own.ToBytes());
        withheld.Usage = AnyOf(usage);
        return withheld;
    }

    /// <summary>Protobuf JSON for people, with a subscription key replaced.</summary>
    public string JsonOf(Report report)
    {
        var shown = report.Clone();
        if (!string.IsNullOrEmpty(shown.Subscription?.Key))
        {
            shown.Subscription.Key = ListedField.Withheld;
        }

        return ContractJson.Of(shown, name => name == UsageType ? _usage : null, indented: true);
    }

    /// <summary>A message that a server hands out, on one line.</summary>
    public string LineOf(IMessage message) => ContractJson.Of(message, name => name == UsageType ? _usage : null);

    private static void Withhold(IEnumerable<ListedField> fields, ContractMessage message, uint newestAccepted)
    {
        foreach (var field in fields.Where(field => field.SinceVersion > newestAccepted))
        {
            field.ClearIn(message);
        }
    }

    private static ReportField Describe(ListedField field, ContractMessage message) => new()
    {
        Path = field.Path,
        Purpose = field.Purpose,
        Value = field.ValueIn(message),
        Secret = field.Secret,
        SinceVersion = field.SinceVersion,
    };

    private static IEnumerable<ListedField> Read(MessageDescriptor message, string prefix, FieldDescriptor[] parents) =>
        message.Fields.InDeclarationOrder().Where(field => field != UsageField).SelectMany(field =>
            FieldPolicies.IsGroup(field)
                ? Read(field.MessageType, prefix, [.. parents, field])
                : [new ListedField(prefix, parents, field, FieldPolicies.Of(field) ?? new FieldPolicy())]);

    private (ContractMessage Own, ContractMessage Usage) Open(Report report) => (
        ContractMessage.Of(report),
        report.Usage is { } usage && WellKnown.TryOpen(usage, name => name == UsageType ? _usage : null) is { } content
            ? content
            : new ContractMessage(_usage));

    private static Any AnyOf(ContractMessage usage) => new()
    {
        TypeUrl = WellKnown.UrlOf(usage.Type),
        Value = UnsafeByteOperations.UnsafeWrap(usage.ToBytes()),
    };
}
