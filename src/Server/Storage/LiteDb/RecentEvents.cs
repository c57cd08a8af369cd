using Telemetry.Server.Model;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>The last events as objects, so that live readers decode nothing.</summary>
/// <remarks>A ring indexed by number. Threading: one writer, any readers: a slot is one reference.</remarks>
internal sealed class RecentEvents
{
    public const int Size = 4_096;

    private readonly StoredReport?[] _ring = new StoredReport?[Size];

    public void Add(StoredReport stored) => Volatile.Write(ref _ring[stored.Position.Number % Size], stored);

    /// <summary>Leaves nothing of an event.</summary>
    public void Remove(long number)
    {
        if (Find(number) is not null)
        {
            Volatile.Write(ref _ring[number % Size], null);
        }
    }

    public StoredReport? Find(long number)
    {
        var stored = Volatile.Read(ref _ring[number % Size]);
        return stored?.Position.Number == number ? stored : null;
    }
}
