using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Telemetry.Server.Licensing;
using Telemetry.Server.Model;
using Telemetry.Server.Rpc;

namespace Telemetry.Server.Compatibility;

/// <summary>Answers to license calls in the form that the apps read.</summary>
/// <remarks>
/// A refusal is a 200: after a 4xx the apps go on with what they knew before, so a revoked key would stay good for ever.
/// Booleans are booleans: the apps take the text "false" for true. Members that are shown to people hold sentences.
/// </remarks>
internal static class LicenseAnswers
{
    public static Task ValidateAsync(HttpContext context, LicenseJudgement judgement) => WriteAsync(context, json =>
    {
        json.WriteBoolean("valid", judgement.Licensed);
        if (judgement is { Licensed: true, License: { } license })
        {
            json.WriteStartObject("license");
            json.WriteString("licenseType", license.Edition);
            WriteDay(json, "validUntil", license.ExpiresAt);
            json.WriteBoolean("inGrace", judgement.Verdict == LicenseVerdict.ValidInGrace);
            json.WriteEndObject();
            WriteLimits(json, license);
            return;
        }

        json.WriteString("reason", LicenseSentences.Message(judgement));
        json.WriteString("code", CodeOf(judgement));
        json.WriteString("nextStep", LicenseSentences.NextStep(judgement));
        WriteDay(json, "validUntil", judgement.License?.ExpiresAt);
    });

    public static Task UsageAsync(HttpContext context, LicenseJudgement judgement, LicenseCall call) =>
        WriteAsync(context, json =>
        {
            json.WriteBoolean("success", judgement.Licensed);
            if (judgement is not { Licensed: true, License: { } license })
            {
                json.WriteString("error", LicenseSentences.Message(judgement));
                json.WriteString("reason", CodeOf(judgement));
                return;
            }

            json.WriteStartObject("usage");
            foreach (var (name, count) in call.Usage())
            {
                json.WriteNumber(HttpNameOf("current", name), count);
            }

            json.WriteEndObject();
            WriteLimits(json, license);
        });

    public static Task PageLimitAsync(HttpContext context, LicenseJudgement judgement, PageLimit limit) =>
        WriteAsync(context, json =>
        {
            json.WriteBoolean("allowed", judgement.Licensed && limit.Allowed);
            json.WriteNumber("current", limit.Current);
            if (limit.Max is { } max)
            {
                json.WriteNumber("max", max);
            }
            else
            {
                json.WriteNull("max");
            }

            json.WriteStartArray("exceededLanguages");
            foreach (var language in limit.ExceededLanguages)
            {
                json.WriteStringValue(language);
            }

            json.WriteEndArray();
            json.WriteBoolean("perLanguage", limit.PerLanguage);
            if (!judgement.Licensed)
            {
                json.WriteString("reason", LicenseSentences.Message(judgement));
            }
            else if (!limit.Allowed)
            {
                json.WriteString("reason", string.Create(
                    CultureInfo.InvariantCulture, $"The license covers {limit.Max} pages{(limit.PerLanguage ? " per language" : "")}."));
            }
        });

    /// <summary>The verdict as a word, e.g. "bound_elsewhere".</summary>
    private static string CodeOf(LicenseJudgement judgement) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(judgement.Verdict.ToString());

    /// <summary>"pages_per_language" is "maxPagesPerLanguage".</summary>
    private static string HttpNameOf(string prefix, string name) =>
        prefix + string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static void WriteLimits(Utf8JsonWriter json, License license)
    {
        json.WriteStartObject("limits");
        foreach (var (name, limit) in license.Limits)
        {
            json.WriteNumber(HttpNameOf("max", name), limit);
        }

        json.WriteEndObject();
    }

    private static void WriteDay(Utf8JsonWriter json, string name, DateTimeOffset? moment)
    {
        if (moment is { } known)
        {
            json.WriteString(name, known.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }
    }

    private static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return JsonAnswers.WriteAsync(context, StatusCodes.Status200OK, buffer.WrittenMemory);
    }
}
