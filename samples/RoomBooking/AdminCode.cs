using System.Security.Cryptography;
using System.Text;

namespace RoomBooking;

/// <summary>Signs the administrator of this sample in: a code made anew at each start and written to the console.</summary>
internal sealed class AdminCode
{
    public const string Role = "admin";

    public string Value { get; } = RandomNumberGenerator.GetHexString(12, lowercase: true);

    public bool Matches(string? typed) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(typed?.Trim() ?? ""), Encoding.UTF8.GetBytes(Value));
}
