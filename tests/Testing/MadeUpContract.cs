using Google.Protobuf;
using Google.Protobuf.Reflection;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Testing;

/// <summary>A contract that no compiler has seen, with a field of every kind; tests change what they are about.</summary>
internal sealed class MadeUpContract
{
    public const string TypeName = "acme.invoicer.Usage";

    private readonly FileDescriptorProto _file = new() { Name = "usage.proto", Package = "acme.invoicer", Syntax = "proto3", Dependency = { "telemetry/v1/field_policy.proto" } };

    public MadeUpContract()
    {
        Usage = new DescriptorProto { Name = "Usage", Options = new MessageOptions() };
        App = new Wire.AppPolicy { Slug = "invoicer", DisplayName = "Invoicer" };
        Add("invoices", 1, Type.Uint32);
        Add("amount", 2, Type.Uint64, policy => policy.Max = 1_000_000_000_000);
        Add("average_lines", 3, Type.Double, policy => policy.Decimals = 1);
        Add("archive_enabled", 4, Type.Bool);
        Add("plan", 5, Type.Enum).TypeName = ".acme.invoicer.Plan";
        Add("engine_version", 6, Type.String, policy => policy.Format = Wire.TextFormat.Version);
        Add("tax_country", 7, Type.String, policy => policy.Format = Wire.TextFormat.Country);
        Add("template", 8, Type.String, policy => policy.Labels.Add(["plain", "modern"]));
        AddMap("currencies", 9, Type.Uint32, policy => policy.Labels.Add(["eur", "usd"]));
        AddMap("texts_by_language", 10, Type.Uint64, policy => policy.Format = Wire.TextFormat.Language);
        Add("languages", 11, Type.String, policy => policy.Format = Wire.TextFormat.Language, Label.Repeated);
        _file.MessageType.Add(Usage);
        _file.EnumType.Add(new EnumDescriptorProto
        {
            Name = "Plan",
            Value =
            {
                new EnumValueDescriptorProto { Name = "PLAN_UNSPECIFIED", Number = 0 },
                new EnumValueDescriptorProto { Name = "PLAN_OTHER", Number = 1 },
                new EnumValueDescriptorProto { Name = "PLAN_SMALL", Number = 2 },
                new EnumValueDescriptorProto { Name = "PLAN_LARGE", Number = 3 },
            },
        });
    }

    public DescriptorProto Usage { get; }

    public FileDescriptorProto File => _file;

    public Wire.AppPolicy? App { get; set; }

    /// <summary>So many files more, each importing the next.</summary>
    public int ChainLength { get; set; }

    /// <summary>Into another package.</summary>
    public void MoveTo(string package)
    {
        foreach (var field in Usage.Field.Where(field => field.HasTypeName))
        {
            field.TypeName = field.TypeName.Replace("." + _file.Package + ".", "." + package + ".", StringComparison.Ordinal);
        }

        _file.Package = package;
    }

    /// <summary>Two messages inside the usage that stand for 40,000 fields.</summary>
    public void Multiply()
    {
        DescriptorProto Message(string name, string? inner) => new()
        {
            Name = name,
            Field =
            {
                Enumerable.Range(1, 200).Select(number => new FieldDescriptorProto
                {
                    Name = $"part_{number}", Number = number, Type = inner is null ? Type.Bool : Type.Message,
                    TypeName = inner is null ? "" : ".acme.invoicer." + inner, Label = Label.Optional,
                }),
            },
        };

        _file.MessageType.Add(Message("Inner", null));
        _file.MessageType.Add(Message("Outer", "Inner"));
        // Good fields only, so that nothing but their number is wrong.
        foreach (var field in _file.MessageType[1].Field)
        {
            field.ClearTypeName();
            field.Options = Field("archive_enabled").Options;
            field.Proto3Optional = true;
            field.OneofIndex = field.Number - 1;
            _file.MessageType[1].OneofDecl.Add(new OneofDescriptorProto { Name = "_" + field.Name });
        }

        Usage.Field.Add(new FieldDescriptorProto
        {
            Name = "outer",
            Number = 40,
            Type = Type.Message,
            TypeName = ".acme.invoicer.Outer",
            Label = Label.Optional,
            JsonName = "outer",
        });
    }

    public FieldDescriptorProto Field(string name) => Usage.Field.Single(field => field.Name == name);

    /// <summary>Changes a field's policy.</summary>
    public void Change(string name, Action<Wire.FieldPolicy> change)
    {
        var field = Field(name);
        var policy = field.Options?.GetExtension(Wire.FieldPolicyExtensions.FieldPolicy)?.Clone() ?? new Wire.FieldPolicy();
        change(policy);
        field.Options = new FieldOptions();
        field.Options.SetExtension(Wire.FieldPolicyExtensions.FieldPolicy, policy);
    }

    public FieldDescriptorProto Add(
        string name, int number, Type type, Action<Wire.FieldPolicy>? change = null, Label label = Label.Optional)
    {
        var field = new FieldDescriptorProto { Name = name, Number = number, Type = type, Label = label, JsonName = JsonNameOf(name) };
        if (label == Label.Optional)
        {
            // As the compiler writes "optional" in proto3: a oneof of one.
            field.Proto3Optional = true;
            field.OneofIndex = Usage.OneofDecl.Count;
            Usage.OneofDecl.Add(new OneofDescriptorProto { Name = "_" + name });
        }

        Usage.Field.Add(field);
        Change(name, policy =>
        {
            policy.Purpose = "Shows how it is used.";
            change?.Invoke(policy);
        });
        return field;
    }

    public void Remove(string name)
    {
        var field = Field(name);
        Usage.Field.Remove(field);
        ForgetPresence(field);
    }

    /// <summary>Its oneof of one goes, and the others move up.</summary>
    public void ForgetPresence(FieldDescriptorProto field)
    {
        if (!field.HasOneofIndex)
        {
            return;
        }

        Usage.OneofDecl.RemoveAt(field.OneofIndex);
        foreach (var other in Usage.Field.Where(other => other.HasOneofIndex && other.OneofIndex > field.OneofIndex))
        {
            other.OneofIndex--;
        }

        field.Proto3Optional = false;
        field.ClearOneofIndex();
    }

    public void AddMap(string name, int number, Type value, Action<Wire.FieldPolicy>? change = null, Type key = Type.String)
    {
        var entry = string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])) + "Entry";
        Usage.NestedType.Add(new DescriptorProto
        {
            Name = entry,
            Options = new MessageOptions { MapEntry = true },
            Field =
            {
                new FieldDescriptorProto { Name = "key", Number = 1, Type = key, Label = Label.Optional, JsonName = "key" },
                new FieldDescriptorProto { Name = "value", Number = 2, Type = value, Label = Label.Optional, JsonName = "value" },
            },
        });
        Add(name, number, Type.Message, change, Label.Repeated).TypeName = ".acme.invoicer.Usage." + entry;
    }

    /// <summary>The set that a compiler would write.</summary>
    public ByteString ToSet()
    {
        Usage.Options = new MessageOptions();
        if (App is not null)
        {
            Usage.Options.SetExtension(Wire.FieldPolicyExtensions.App, App);
        }

        var set = new FileDescriptorSet
        {
            File =
            {
                FileDescriptor.DescriptorProtoFileDescriptor.ToProto(), Wire.FieldPolicyReflection.Descriptor.ToProto(), _file,
            },
        };
        for (var i = 0; i < ChainLength; i++)
        {
            var file = new FileDescriptorProto { Name = $"{i}.proto" };
            if (i + 1 < ChainLength)
            {
                file.Dependency.Add($"{i + 1}.proto");
            }

            set.File.Insert(i, file);
        }

        return set.ToByteString();
    }

    private static string JsonNameOf(string name)
    {
        var words = name.Split('_');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
