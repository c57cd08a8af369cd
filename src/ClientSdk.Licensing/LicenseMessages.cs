using System.Globalization;

namespace Telemetry.Client.Licensing;

/// <summary>Says in words what is known and what to do about it.</summary>
internal static class LicenseMessages
{
    private const string Reach =
        "Make sure that this machine can reach the license server, then check the license again.";

    private const string Forged =
        "Make sure that the address of the license server is right and that no proxy answers in its place, then check again.";

    public static (string Message, string NextStep) For(LicenseState state, LicenseMemory memory)
    {
        var proof = memory.Proof;
        return state switch
        {
            LicenseState.Refused => (memory.Refusal!.Message, memory.Refusal.NextStep),
            LicenseState.Valid => (Join($"The license is valid; this holds until {Text(proof!.Ends)} without the server.", memory), StepAfter(memory)),
            LicenseState.ValidInGrace => (
                Join($"The license has expired{On(proof!.LicenseExpiresAt)} and still counts until {Text(proof.Ends)}.", memory),
                "Renew the license, then check it again."),
            LicenseState.OfflineTooLong => (
                Join($"The license was last confirmed on {Text(proof!.IssuedAt)}, and that held until {Text(proof.Ends)}.", memory),
                memory.Failure is { Rejected: true } ? Forged : Reach),
            LicenseState.Expired => (
                Join($"The license has expired{On(proof!.LicenseExpiresAt)}.", memory),
                "Renew the license. If that is done, check it again while this machine can reach the license server."),
            LicenseState.Revoked => (
                "The vendor has withdrawn the license.", "Ask the vendor. If it is settled, check the license again."),
            LicenseState.ClockSetBack => (
                Join($"This machine's clock was set back; it has already been {Text(memory.LatestTime ?? proof!.IssuedAt)}.", memory),
                "Set the clock right, then check the license again while this machine can reach the license server."),
            LicenseState.Released => (
                Join("This installation gave up its seat under the license.", memory),
                "To use the license here again, check it again."),
            LicenseState.ProofRejected => (Join("", memory), Forged),
            _ => (Join("The license has never been checked successfully.", memory), Reach),
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
