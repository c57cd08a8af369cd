namespace Telemetry.Server.Storage;

/// <summary>An admin token as it is kept: never the token itself.</summary>
/// <param name="Hash">SHA-256 of the token, 32 bytes. Enough without salt: a token has 256 random bits.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
internal sealed record AdminTokenRecord(ReadOnlyMemory<byte> Hash, DateTimeOffset CreatedAt);
