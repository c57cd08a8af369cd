using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Google.Protobuf.Reflection;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Schema;

/// <summary>The apps whose reports the server understands, by their slugs.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class AppRegistry
{
    /// <summary>The usage messages that come with the contract: nothing here knows their names.</summary>
    private static readonly IReadOnlyList<MessageDescriptor> BuiltIn = [.. typeof(Wire.Report).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
        .OfType<FileDescriptor>()
        .SelectMany(file => file.MessageTypes)
        .Where(message => message.GetOptions()?.HasExtension(Wire.FieldPolicyExtensions.App) == true)];

    private readonly ConcurrentDictionary<string, ReportSchema> _strangers = new(StringComparer.Ordinal);
    private FrozenDictionary<string, ReportSchema> _bySlug = BuiltIn
        .Select(usage => SchemaBuilder.Build(usage, mayHaveDoors: true))
        .ToFrozenDictionary(schema => schema.App, StringComparer.Ordinal);

    public IReadOnlyCollection<ReportSchema> All => _bySlug.Values;

    /// <summary>The app's schema; null when there is no such app.</summary>
    public ReportSchema? Find(string slug) => _bySlug.GetValueOrDefault(slug);

    /// <summary>For a refusal of a slug that no app has.</summary>
    public string Rule => "must name an app that this server knows: " + string.Join(", ", _bySlug.Keys.Order(StringComparer.Ordinal));

    /// <summary>For what is stored already: of an app that is not known any more the report itself is.</summary>
    public ReportSchema OfStored(string slug) => Find(slug) ?? _strangers.GetOrAdd(slug, SchemaBuilder.Core);
}
