using System.Globalization;

namespace Telemetry.Client.Licensing;

/// <summary>Says in words what is known and what to do about it.</summary>
internal static class LicenseMessages
{
    private const string Reach =
        "Make sure that this machine can reach the licence server, then check the licence again.";

    private const string Forged =
        "Make sure that the address of the licence server is right and that no proxy answers in its place, then check again.";

    public static (string Message, string NextStep) For(LicenseState state, LicenseMemory memory)
    {
        var proof = memory.Proof;
        return state switch
        {
            LicenseState.Refused => (memory.Refusal!.Message, memory.Refusal.NextStep),
            LicenseState.Valid => (Join($"The licence is valid; this holds until {Text(proof!.Ends)} without the server.", memory), StepAfter(memory)),
            LicenseState.ValidInGrace => (
                Join($"The licence has expired{On(proof!.LicenseExpiresAt)} and still counts until {Text(proof.Ends)}.", memory),
                "Renew the licence, then check it again."),
            LicenseState.OfflineTooLong => (
                Join($"The licence was last confirmed on {Text(proof!.IssuedAt)}, and that held until {Text(proof.Ends)}.", memory),
                memory.Failure is { Rejected: true } ? Forged : Reach),
            LicenseState.Expired => (
                Join($"The licence has expired{On(proof!.LicenseExpiresAt)}.", memory),
                "Renew the licence. If that is done, check it again while this machine can reach the licence server."),
            LicenseState.Revoked => (
                "The vendor has withdrawn the licence.", "Ask the vendor. If it is settled, check the licence again."),
            LicenseState.ClockSetBack => (
                Join($"This machine's clock was set back; it has already been {Text(memory.LatestTime ?? proof!.IssuedAt)}.", memory),
                "Set the clock right, then check the licence again while this machine can reach the licence server."),
            LicenseState.Released => (
                Join("This installation gave up its place under the licence.", memory),
                "To use the licence here again, check it again."),
            LicenseState.ProofRejected => (Join("", memory), Forged),
            _ => (Join("The licence has never been checked successfully.", memory), Reach),
        };
    }

    private static string StepAfter(LicenseMemory memory) => memory.Failure switch
    {
        null => "",
        { Rejected: true } => Forged,
        _ => Reach,
    };

    private static string Join(string message, LicenseMemory memory) => memory.Failure switch
    {
        null => message,
        { Rejected: true } failure =>
            $"{message} The latest answer did not come from the vendor's server: {failure.Reason}.".TrimStart(),
        { } failure => $"{message} The latest check failed: {failure.Reason}.",
    };

    private static string On(DateTimeOffset? moment) => moment is { } known ? " on " + Text(known) : "";

    private static string Text(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
