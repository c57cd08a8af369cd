using System.Text;
using System.Text.Json;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Schema.Kinds;

/// <summary>Texts of a format or of a list of labels; there is none for free text.</summary>
internal abstract class TextKind() : Kind(KindStorage.Text, WireReader.Bytes)
{
    /// <summary>Longest text that is looked at; every format is shorter.</summary>
    public const int MaxLength = 1_024;

    /// <summary>Stands for a longer one, so that it is not kept: it breaks the rule of every format, and is nobody's label.</summary>
    private static readonly string TooLong = new(' ', MaxLength + 1);

    public override string JsonRule => "must be a text";

    /// <summary>The rule and what to do, for a refusal.</summary>
    public abstract string Rule { get; }

    /// <summary>Whether an unknown text is dropped and counted instead of refused.</summary>
    protected virtual bool IsOpenList => false;

    public static TextKind Of(Wire.TextFormat format) => format switch
    {
        Wire.TextFormat.Version => VersionKind.Instance,
        Wire.TextFormat.Country => CountryKind.Instance,
        Wire.TextFormat.Language => LanguageKind.Instance,
        Wire.TextFormat.Timezone => TimezoneKind.Instance,
        Wire.TextFormat.Uuid => UuidKind.Instance,
        Wire.TextFormat.Digest => DigestKind.Instance,
        Wire.TextFormat.Slug => SlugKind.Instance,
        Wire.TextFormat.Secret => SecretKind.Instance,
        _ => LabelKind.Instance,
    };

    /// <summary>The normal form of a text that is not empty; null when it breaks the rule.</summary>
    public abstract string? Normalize(string text, SchemaField field);

    /// <summary>The rule that a text breaks.</summary>
    public virtual string RuleFor(string text) => Rule;

    public override void Read(ref WireReader reader, SchemaField field, ReportScratch scratch)
    {
        var utf8 = reader.Utf8Text();
        scratch.Values.Texts[field.Index] = utf8.IsEmpty ? null
            : utf8.Length > MaxLength ? TooLong
            : TextPool.Shared.Find(utf8) ?? Encoding.UTF8.GetString(utf8);
    }

    public override bool TryRead(ref Utf8JsonReader json, SchemaField field, ReportScratch scratch)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            return false;
        }

        Span<byte> utf8 = stackalloc byte[MaxLength];
        if (json.ValueSpan.Length > MaxLength)
        {
            scratch.Values.Texts[field.Index] = TooLong;
            return true;
        }

        utf8 = utf8[..json.CopyString(utf8)];
        scratch.Values.Texts[field.Index] = utf8.IsEmpty ? null
            : TextPool.Shared.Find(utf8) ?? Encoding.UTF8.GetString(utf8);
        if (!scratch.IsContractJson && scratch.Values.Texts[field.Index] is { } text)
        {
            scratch.Values.Texts[field.Index] = Word(text);
        }

        return true;
    }

    /// <summary>What a text of existing apps stands for.</summary>
    protected virtual string Word(string text) => text;

    public override void Finish(SchemaField field, ReportScratch scratch)
    {
        ref var text = ref scratch.Values.Texts[field.Index];
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        var normal = Normalize(text, field);
        if (normal is null && IsOpenList)
        {
            scratch.Drop(field);
        }
        else if (normal is null)
        {
            scratch.Refuse(field, RuleFor(text));
        }

        text = normal;
    }

    public override int MaxSize(SchemaField field, ReportValues values, ReportScratch? counts) =>
        BackwardWriter.MaxNumber + (values.Texts[field.Index] is { } text ? Encoding.UTF8.GetMaxByteCount(text.Length) : 0);

    public override void Write(ref BackwardWriter writer, SchemaField field, ReportValues values, ReportScratch? counts)
    {
        if (values.Texts[field.Index] is { Length: > 0 } text)
        {
            writer.Text(text);
            writer.Bytes(field.TagBytes);
        }
    }

    public override void WriteJson(ref WireReader reader, SchemaField field, Utf8JsonWriter json) =>
        json.WriteStringValue(reader.Utf8Text());
}
