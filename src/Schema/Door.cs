using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema;

/// <summary>One HTTP path that existing builds of an app call, and the names that they use there.</summary>
internal sealed class Door
{
    private readonly Dictionary<string, string> _nameByPath = new(StringComparer.Ordinal);

    public Door(ReportSchema schema, Wire.HttpDoor door)
    {
        Schema = schema;
        Path = door.Path;
        var meanings = new Dictionary<string, JsonNames.Meaning>(StringComparer.Ordinal);
        foreach (var (alias, path) in door.Aliases)
        {
            Add(alias, schema.Fields.Single(field => field.Path == path));
        }

        foreach (var field in schema.Fields)
        {
            foreach (var name in field.Policy.HttpNames)
            {
                Add(name, field);
            }
        }

        foreach (var name in door.Ignored)
        {
            meanings.Add(name, JsonNames.Meaning.Ignored);
        }

        // What is inside counts as the report's own, and so has the same names, but for such an object again.
        var inner = new JsonNames(meanings);
        var outer = new Dictionary<string, JsonNames.Meaning>(meanings, StringComparer.Ordinal);
        foreach (var name in door.Transparent)
        {
            outer.Add(name, new JsonNames.Meaning(null, inner));
        }

        Names = new JsonNames(outer);

        void Add(string name, SchemaField field)
        {
            meanings.Add(name, new JsonNames.Meaning(field));
            _nameByPath.TryAdd(field.Path, name);
        }
    }

    public ReportSchema Schema { get; }

    public string Path { get; }

    public JsonNames Names { get; }

    /// <summary>The doors of all apps.</summary>
    public static IEnumerable<Door> Of(AppRegistry apps) => apps.All.SelectMany(schema =>
        (schema.Policy?.Doors ?? [])
        .Select(door => new Door(schema, door)));

    /// <summary>A field's name as the app's administrator may know it.</summary>
    public string NameOf(string path) => _nameByPath.GetValueOrDefault(path, path);
}
