using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Telemetry.Schema;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>What a planned field is; from it follow its type, its values and how they travel.</summary>
internal enum Shape
{
    Count32,
    Count64,
    Flag,
    Decimal,
    Enumeration,
    Text,
    Set,
    Map32,
    Map64,
    Group,
}

/// <summary>A field of a contract that a test plans.</summary>
internal sealed record PlannedField(string Name, int Number, Shape Shape)
{
    public const ulong DefaultMax = 100_000_000;

    /// <summary>As the policy has it: 0 for none.</summary>
    public ulong Max { get; init; }

    public uint Decimals { get; init; }

    public Wire.TextFormat Format { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Of an enumeration, beside the one for nothing; one that ends in _OTHER stands for the unknown ones.</summary>
    public IReadOnlyList<(string Name, int Number)> Values { get; init; } = [];

    /// <summary>Of a group.</summary>
    public IReadOnlyList<PlannedField> Fields { get; init; } = [];

    public ulong Largest => Max == 0 ? DefaultMax : Max;

    public bool IsCounts => Shape is Shape.Set or Shape.Map32 or Shape.Map64;

    public uint WireType => Shape switch
    {
        Shape.Decimal => 1,
        Shape.Count32 or Shape.Count64 or Shape.Flag or Shape.Enumeration => 0,
        _ => 2,
    };

    public string JsonName { get => field ?? Name.Split('_').Aggregate((name, word) => name + char.ToUpperInvariant(word[0]) + word[1..]); init; }
}

/// <summary>A contract that a test plans: it becomes a descriptor set, and a text for whoever reads a failure.</summary>
internal sealed record PlannedContract(string Slug, IReadOnlyList<PlannedField> Fields)
{
    public string TypeName { get; init; } = "plan.Usage";

    public string TypeUrl => "type.googleapis.com/" + TypeName;

    private string Package => TypeName[..^".Usage".Length];

    /// <summary>The plan that an app's contract would have.</summary>
    public static PlannedContract Of(ReportSchema schema)
    {
        return new PlannedContract(schema.App, Fields(schema.Descriptor!)) { TypeName = schema.Descriptor!.FullName };

        static IReadOnlyList<PlannedField> Fields(MessageDescriptor message) => [.. message.Fields.InDeclarationOrder().Select(Field)];

        static PlannedField Field(FieldDescriptor field)
        {
            var policy = field.GetOptions()?.GetExtension(Wire.FieldPolicyExtensions.FieldPolicy) ?? new Wire.FieldPolicy();
            var shape = ShapeOf(field);
            return new PlannedField(field.Name, field.FieldNumber, shape)
            {
                JsonName = field.JsonName,
                Max = policy.Max,
                Decimals = policy.Decimals,
                Format = policy.Format,
                Labels = policy.Labels,
                Values = shape == Shape.Enumeration
                    ? [.. field.EnumType.Values.Where(value => value.Number != 0).Select(value => (value.Name, value.Number))]
                    : [],
                Fields = shape == Shape.Group ? Fields(field.MessageType) : [],
            };
        }
    }

    /// <summary>Every field that is no group, with its path.</summary>
    public IEnumerable<(string Path, PlannedField Field)> Leaves()
    {
        return Of(Fields, "usage.");

        static IEnumerable<(string, PlannedField)> Of(IReadOnlyList<PlannedField> fields, string prefix) => fields.SelectMany(field =>
            field.Shape == Shape.Group ? Of(field.Fields, prefix + field.Name + ".") : [(prefix + field.Name, field)]);
    }

    public ByteString ToSet()
    {
        var usage = Message("Usage", Fields, $".{Package}.Usage");
        usage.Options = new MessageOptions();
        usage.Options.SetExtension(Wire.FieldPolicyExtensions.App, new Wire.AppPolicy { Slug = Slug, DisplayName = "Planned" });
        return new FileDescriptorSet
        {
            File =
            {
                FileDescriptor.DescriptorProtoFileDescriptor.ToProto(),
                Wire.FieldPolicyReflection.Descriptor.ToProto(),
                new FileDescriptorProto
                {
                    Name = "usage.proto", Package = Package, Syntax = "proto3",
                    Dependency = { "telemetry/v1/field_policy.proto" }, MessageType = { usage },
                },
            },
        }.ToByteString();
    }

    /// <summary>The built-in apps, and this one as if it had just been registered.</summary>
    public AppRegistry Register()
    {
        var apps = new AppRegistry();
        var set = ToSet();
        apps.Add(new RegisteredContract(AppContract.Read(set.Span), 1, default, set.Memory));
        return apps;
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"message Usage of {Slug} {{\n");
        Write(Fields, "  ");
        return text.Append('}').ToString();

        void Write(IEnumerable<PlannedField> fields, string indent)
        {
            foreach (var field in fields)
            {
                text.Append(CultureInfo.InvariantCulture, $"{indent}{field.Shape} {field.Name} = {field.Number}");
                if (field.Shape == Shape.Group)
                {
                    text.Append(" {\n");
                    Write(field.Fields, indent + "  ");
                    text.Append(indent).Append("}\n");
                    continue;
                }

                text.Append(CultureInfo.InvariantCulture, $" [max {field.Max}, decimals {field.Decimals}, {field.Format}")
                    .Append(CultureInfo.InvariantCulture, $", labels {string.Join(' ', field.Labels)}, values {string.Join(' ', field.Values)}]\n");
            }
        }
    }

    private static DescriptorProto Message(string name, IReadOnlyList<PlannedField> fields, string fullName)
    {
        var message = new DescriptorProto { Name = name };
        foreach (var field in fields)
        {
            var written = new FieldDescriptorProto
            {
                Name = field.Name,
                Number = field.Number,
                JsonName = field.JsonName,
                Type = TypeOf(field.Shape),
                Label = field.IsCounts ? Label.Repeated : Label.Optional,
            };
            var type = $"T{field.Number}";
            if (field.Shape is Shape.Group or Shape.Map32 or Shape.Map64)
            {
                written.TypeName = $"{fullName}.{type}";
                message.NestedType.Add(field.Shape == Shape.Group
                    ? Message(type, field.Fields, written.TypeName)
                    : Entry(type, field.Shape == Shape.Map32 ? Type.Uint32 : Type.Uint64));
            }
            else if (field.Shape == Shape.Enumeration)
            {
                written.TypeName = $"{fullName}.{type}";
                message.EnumType.Add(new EnumDescriptorProto
                {
                    Name = type,
                    Value =
                    {
                        new EnumValueDescriptorProto { Name = $"{type}_UNSPECIFIED", Number = 0 },
                        field.Values.Select(value => new EnumValueDescriptorProto { Name = value.Name, Number = value.Number }),
                    },
                });
            }

            if (field.Shape != Shape.Group && !field.IsCounts)
            {
                // As the compiler writes "optional" in proto3: a oneof of one.
                (written.Proto3Optional, written.OneofIndex) = (true, message.OneofDecl.Count);
                message.OneofDecl.Add(new OneofDescriptorProto { Name = "_" + field.Name });
            }

            if (field.Shape != Shape.Group)
            {
                written.Options = new FieldOptions();
                written.Options.SetExtension(Wire.FieldPolicyExtensions.FieldPolicy, new Wire.FieldPolicy
                {
                    Purpose = "Shows how it is used.",
                    Max = field.Max,
                    Decimals = field.Decimals,
                    Format = field.Format,
                    Labels = { field.Labels },
                });
            }

            message.Field.Add(written);
        }

        return message;
    }

    private static DescriptorProto Entry(string name, Type value) => new()
    {
        Name = name,
        Options = new MessageOptions { MapEntry = true },
        Field =
        {
            new FieldDescriptorProto { Name = "key", Number = 1, Type = Type.String, Label = Label.Optional, JsonName = "key" },
            new FieldDescriptorProto { Name = "value", Number = 2, Type = value, Label = Label.Optional, JsonName = "value" },
        },
    };

    private static Shape ShapeOf(FieldDescriptor field) => field switch
    {
        { IsMap: true } => field.MessageType.FindFieldByNumber(2).FieldType == FieldType.UInt32 ? Shape.Map32 : Shape.Map64,
        { IsRepeated: true } => Shape.Set,
        _ => field.FieldType switch
        {
            FieldType.UInt32 => Shape.Count32,
            FieldType.UInt64 => Shape.Count64,
            FieldType.Bool => Shape.Flag,
            FieldType.Double => Shape.Decimal,
            FieldType.Enum => Shape.Enumeration,
            FieldType.String => Shape.Text,
            _ => Shape.Group,
        },
    };

    private static Type TypeOf(Shape shape) => shape switch
    {
        Shape.Count32 => Type.Uint32,
        Shape.Count64 => Type.Uint64,
        Shape.Flag => Type.Bool,
        Shape.Decimal => Type.Double,
        Shape.Enumeration => Type.Enum,
        Shape.Text or Shape.Set => Type.String,
        _ => Type.Message,
    };
}
