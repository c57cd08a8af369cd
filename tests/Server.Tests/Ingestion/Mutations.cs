namespace Telemetry.Server.Tests.Ingestion;

/// <summary>Damages good bodies in the ways that matter, and makes up some from nothing. Repeatable by its seed.</summary>
internal sealed class Mutations(Random random, byte[][] seeds)
{
    public byte[] Next()
    {
        if (random.Next(10) == 0)
        {
            var noise = new byte[random.Next(0, 400)];
            random.NextBytes(noise);
            return noise;
        }

        var body = seeds[random.Next(seeds.Length)].ToList();
        for (var times = random.Next(1, 5); times > 0 && body.Count > 0; times--)
        {
            Damage(body);
        }

        return [.. body];
    }

    private void Damage(List<byte> body)
    {
        var at = random.Next(body.Count);
        var length = random.Next(1, Math.Min(40, body.Count - at) + 1);
        switch (random.Next(6))
        {
            case 0: body[at] = (byte)random.Next(256); break;
            case 1: body[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: body.RemoveRange(at, length); break;
            case 3: body.RemoveRange(at, body.Count - at); break;
            case 4: body.InsertRange(at, body.GetRange(at, length)); break;
            default:
                var other = seeds[random.Next(seeds.Length)];
                var from = random.Next(other.Length);
                body.InsertRange(at, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                break;
        }
    }
}
