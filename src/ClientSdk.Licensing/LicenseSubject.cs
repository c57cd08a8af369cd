using Telemetry.Contracts.Rules;

namespace Telemetry.Client.Licensing;

/// <summary>What a token must be about: this key, this installation, this app.</summary>
internal sealed record LicenseSubject(string KeyThumbprint, string InstanceHash, string App)
{
    private const int HashLength = 64;

    /// <summary>Checks the options on the way.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static LicenseSubject Of(LicenseClientOptions options)
    {
        Require(!string.IsNullOrWhiteSpace(options.Key), "Key", "must not be empty");
        Require(IsHash(options.InstanceHash), "InstanceHash", "must be 64 hexadecimal digits");
        Require(
            options.PreviousInstanceHash is null || IsHash(options.PreviousInstanceHash), "PreviousInstanceHash",
            "must be 64 hexadecimal digits or null");
        Require(AppSlug.IsValid(options.App), "App", $"must be {AppSlug.Rule}");
        Require(InRange(options.Timeout, TimeSpan.FromTicks(1), TimeSpan.FromDays(1)), "Timeout", "is out of range");
        Require(
            InRange(options.RefreshInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(366)), "RefreshInterval",
            "is out of range");
        Require(InRange(options.ClockTolerance, TimeSpan.Zero, TimeSpan.FromDays(1)), "ClockTolerance", "is out of range");
        return new LicenseSubject(
            LicenseKeyThumbprint.Of(options.Key), options.InstanceHash.ToLowerInvariant(), options.App);
    }

    /// <summary>Why a token is not about this, or not the answer to the question; null when it is.</summary>
    public string? ProblemOf(TokenClaims claims, string? nonce) => claims switch
    {
        _ when claims.Text("key") != KeyThumbprint => "it is for another key",
        _ when claims.Text("app") != App => "it is for another app",
        _ when claims.Text("instance") != InstanceHash => "it is for another installation",
        _ when nonce is not null && claims.Text("nonce") != nonce => "it answers another question",
        _ => null,
    };

    private static bool IsHash(string? text) => text is { Length: HashLength } && text.All(char.IsAsciiHexDigit);

    private static bool InRange(TimeSpan value, TimeSpan least, TimeSpan most) => value >= least && value <= most;

    private static void Require(bool fulfilled, string option, string words)
    {
        if (!fulfilled)
        {
            throw new ArgumentException($"{option} {words}.", option);
        }
    }
}
