using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Telemetry.Cli;

/// <summary>An option that takes a day (its begin, UTC) or a moment, and says so when it is given something else.</summary>
internal sealed class MomentOption : Option<DateTimeOffset?>
{
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public MomentOption(string name)
        : base(name) => CustomParser = Parse;

    /// <returns>The moment as the contract wants it; null when the option was not given.</returns>
    public Timestamp? In(ParseResult parsed) =>
        parsed.GetValue(this) is { } moment ? Timestamp.FromDateTimeOffset(moment) : null;

    private DateTimeOffset? Parse(ArgumentResult result)
    {
        if (DateTimeOffset.TryParseExact(
            result.Tokens[0].Value, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return moment.ToUniversalTime();
        }

        result.AddError($"{Name} is a day, e.g. 2026-05-01, or a moment, e.g. 2026-05-01T12:30Z.");
        return null;
    }
}
