using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Schema;

/// <summary>Changes a descriptor set in places that no compiler would: every part of it can become anything.</summary>
internal sealed class ContractMutations(Random random)
{
    private static readonly ExtensionRegistry Policies =
    [
        Wire.FieldPolicyExtensions.FieldPolicy, Wire.FieldPolicyExtensions.ValuePolicy, Wire.FieldPolicyExtensions.App,
    ];

    private static readonly string[] Texts =
        ["", ".", "a.b", "..x", "\n", "proto2", "editions", "custom", "@type", "usage.proto", "google/protobuf/descriptor.proto", ".plan.Usage", new('x', 5_000)];

    private static readonly int[] Numbers = [0, -1, 1, 2, 3, 11, 99, 1_000, 1_001, 19_000, 1 << 29, int.MaxValue, int.MinValue];

    public ByteString Mutate(ByteString descriptorSet)
    {
        var set = FileDescriptorSet.Parser.WithExtensionRegistry(Policies).ParseFrom(descriptorSet);
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            // The app's own file most of all: the others are well known.
            var file = random.Next(8) == 0 ? (IMessage)set : set.File.Count == 0 ? set : set.File[^1];
            var parts = PartsOf(file).ToList();
            Change(parts[random.Next(parts.Count)], parts);
        }

        return set.ToByteString();
    }

    /// <summary>A message and all in it, policies too.</summary>
    private static IEnumerable<IMessage> PartsOf(IMessage message)
    {
        var inner = message.Descriptor.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message)
            .SelectMany(field => field.Accessor.GetValue(message) switch
            {
                IList list => list.Cast<IMessage>().ToList(),
                IMessage single => [single],
                _ => (List<IMessage>)[],
            })
            .Concat(message switch
            {
                FieldOptions options when options.GetExtension(Wire.FieldPolicyExtensions.FieldPolicy) is { } policy => [policy],
                MessageOptions options when options.GetExtension(Wire.FieldPolicyExtensions.App) is { } app => [app],
                _ => (IMessage[])[],
            });
        return inner.SelectMany(PartsOf).Prepend(message);
    }

    private void Change(IMessage message, List<IMessage> others)
    {
        var fields = message.Descriptor.Fields.InDeclarationOrder().Where(field => !field.IsMap).ToList();
        var field = fields[random.Next(fields.Count)];
        if (field.Accessor.GetValue(message) is IList list)
        {
            ChangeList(list, field, others);
        }
        else if (random.Next(4) == 0)
        {
            field.Accessor.Clear(message);
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, others));
        }
    }

    private void ChangeList(IList list, FieldDescriptor field, List<IMessage> others)
    {
        switch (random.Next(3))
        {
            case 0 when list.Count > 0: list.RemoveAt(random.Next(list.Count)); break;
            case 1 when list.Count > 0: list.Insert(random.Next(list.Count), list[random.Next(list.Count)]); break;
            default: list.Add(Value(field, others)); break;
        }
    }

    private object Value(FieldDescriptor field, List<IMessage> others) => field.FieldType switch
    {
        FieldType.Message or FieldType.Group => Activator.CreateInstance(field.MessageType.ClrType)!,
        FieldType.String => Text(others),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.Bytes => ByteString.CopyFrom(1, 2, 255),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(3) == 0 ? Numbers[random.Next(Numbers.Length)] : random.Next(20)),
        FieldType.Double => double.NaN,
        FieldType.UInt32 => (uint)Numbers[random.Next(Numbers.Length)],
        FieldType.UInt64 => (ulong)Numbers[random.Next(Numbers.Length)],
        FieldType.Int64 => (long)Numbers[random.Next(Numbers.Length)],
        _ => Numbers[random.Next(Numbers.Length)],
    };

    /// <summary>One of odd ones, or one that stands somewhere in the contract already.</summary>
    private string Text(List<IMessage> others)
    {
        var taken = others.SelectMany(other => other.Descriptor.Fields.InDeclarationOrder()
            .Where(field => field.FieldType == FieldType.String && !field.IsRepeated)
            .Select(field => (string)field.Accessor.GetValue(other))).ToList();
        return taken.Count > 0 && random.Next(2) == 0 ? taken[random.Next(taken.Count)] : Texts[random.Next(Texts.Length)];
    }
}
