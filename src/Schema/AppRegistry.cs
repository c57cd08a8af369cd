using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.Rules;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>The apps whose reports the server understands, by their slugs: those that come with the contract, and registered ones.</summary>
/// <remarks>Threading: any; registrations come one at a time.</remarks>
internal sealed class AppRegistry
{
    public const int MaxApps = 1_000;

    /// <summary>The usage messages that come with the contract: nothing here knows their names.</summary>
    public static readonly IReadOnlyList<MessageDescriptor> BuiltInUsages = [.. typeof(Wire.Report).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
        .OfType<FileDescriptor>()
        .SelectMany(file => file.MessageTypes)
        .Where(message => FieldPolicies.Of(message) is not null)];

    private static readonly FrozenDictionary<string, ReportSchema> BuiltIn = BuiltInUsages
        .Select(usage => SchemaBuilder.Build(usage, mayHaveDoors: true))
        .ToFrozenDictionary(schema => schema.App, StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, ReportSchema> _strangers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<RegisteredContract>> _registered = new(StringComparer.Ordinal);
    private Known _known = new(BuiltIn.Values);

    /// <summary>All of them; another object after each change.</summary>
    public IReadOnlyList<ReportSchema> All => Volatile.Read(ref _known).All;

    /// <summary>For a refusal of a slug that no app has.</summary>
    public string Rule => "must name an app that this server knows: "
        + string.Join(", ", All.Select(schema => schema.App));

    /// <summary>The app's schema; null when there is no such app.</summary>
    public ReportSchema? Find(string slug) => Volatile.Read(ref _known).BySlug.GetValueOrDefault(slug);

    /// <summary>The schema whose usage an Any of this type holds; null when no app has such a message.</summary>
    public ReportSchema? FindUsage(string typeUrl) => Volatile.Read(ref _known).ByTypeUrl.GetValueOrDefault(typeUrl);

    public static bool IsBuiltIn(string slug) => BuiltIn.ContainsKey(slug);

    /// <summary>The contract with which an app was registered last; null for one that comes with the server.</summary>
    public RegisteredContract? FindContract(string slug)
    {
        lock (_registered)
        {
            return _registered.TryGetValue(slug, out var revisions) ? revisions[^1] : null;
        }
    }

    /// <summary>For what is stored already: of an app that is not known any more the report itself is.</summary>
    public ReportSchema OfStored(string slug) => Find(slug) ?? _strangers.GetOrAdd(slug, SchemaBuilder.Core);

    /// <summary>Why a contract cannot stand beside what is there: it means something else than before, or takes what is taken.</summary>
    public IReadOnlyList<ContractProblem> ConflictsOf(ReportSchema next) =>
        IsBuiltIn(next.App)
            ? [new ContractProblem("", "has the slug of an app that comes with the server; register yours under another slug")]
            : [.. ChangesIn(next), .. ClashesOf(next)];

    /// <summary>What changed its meaning since any revision before; empty for a new app.</summary>
    private ContractProblem[] ChangesIn(ReportSchema next)
    {
        lock (_registered)
        {
            return _registered.TryGetValue(next.App, out var revisions)
                ? [.. revisions.SelectMany(revision => SchemaCompatibility.Compare(revision.Schema, next)).Distinct()]
                : [];
        }
    }

    private IEnumerable<ContractProblem> ClashesOf(ReportSchema next)
    {
        var names = AppContract.NamesIn(next.Descriptor!).ToHashSet(StringComparer.Ordinal);
        if (All.FirstOrDefault(other => other.App != next.App && AppContract.NamesIn(other.Descriptor!).Any(names.Contains)) is { } owner)
        {
            yield return new ContractProblem("", $"defines what the app {owner.App} defines too; put yours into a package of its own");
        }

        if (Find(next.App) is null && All.Count >= MaxApps)
        {
            yield return new ContractProblem("", $"would be one more than the {MaxApps} apps that a server takes");
        }
    }

    /// <summary>Takes reports by this contract from now on.</summary>
    public void Add(RegisteredContract contract)
    {
        lock (_registered)
        {
            if (!_registered.TryGetValue(contract.Schema.App, out var revisions))
            {
                _registered.Add(contract.Schema.App, revisions = []);
            }

            revisions.Add(contract);
            // A later server may bring an app along that a vendor registered before: what is stored is the vendor's.
            Volatile.Write(ref _known, new Known(_registered.Values.Select(all => all[^1].Schema).Concat(BuiltIn.Values).DistinctBy(schema => schema.App)));
        }
    }

    private sealed class Known(IEnumerable<ReportSchema> schemas)
    {
        public ReportSchema[] All { get; } = [.. schemas.OrderBy(schema => schema.App, StringComparer.Ordinal)];

        public FrozenDictionary<string, ReportSchema> BySlug { get; } =
            schemas.ToFrozenDictionary(schema => schema.App, StringComparer.Ordinal);

        public FrozenDictionary<string, ReportSchema> ByTypeUrl { get; } =
            schemas.ToFrozenDictionary(schema => schema.TypeUrl, StringComparer.Ordinal);
    }
}

/// <summary>A revision of a registered app's contract.</summary>
/// <param name="Schema">What it means.</param>
/// <param name="Revision">1 for the first.</param>
/// <param name="RegisteredAt">When it was registered, UTC, whole milliseconds.</param>
/// <param name="DescriptorSet">The bytes it was read from.</param>
internal sealed record RegisteredContract(
    ReportSchema Schema, int Revision, DateTimeOffset RegisteredAt, ReadOnlyMemory<byte> DescriptorSet);
