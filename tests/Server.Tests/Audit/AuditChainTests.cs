using Google.Protobuf;
using Telemetry.Server.Audit;
using Telemetry.Server.Model;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Audit;

/// <summary>Whatever is done to a log, whoever saw its end before finds out.</summary>
public sealed class AuditChainTests
{
    private static readonly List<Wire.AuditEntry> Log = Make(40);

    [Fact]
    public void A_log_as_it_was_written_has_no_finding()
    {
        var chain = Verify(Log, Head(Log[20]));

        Assert.Empty(chain.Findings());
        Assert.Equal((40ul, 1ul, 40ul, Log[^1].Hash), (chain.Count, chain.First, chain.Head!.Number, chain.Head.Hash));
        Assert.Empty(Verify([]).Findings());
    }

    [Fact]
    public void A_bit_that_is_turned_anywhere_in_an_entry_is_found()
    {
        foreach (var index in new[] { 0, 17, 39 })
        {
            var bytes = Log[index].ToByteArray();
            for (var bit = 0; bit < bytes.Length * 8; bit += 3)
            {
                var changed = (byte[])bytes.Clone();
                changed[bit / 8] ^= (byte)(1 << (bit % 8));
                Wire.AuditEntry entry;
                try
                {
                    entry = Wire.AuditEntry.Parser.ParseFrom(changed);
                }
                catch (InvalidProtocolBufferException)
                {
                    continue;
                }

                // What a reader does not know is not part of an entry.
                if (new Wire.AuditEntry { Number = entry.Number, PreviousHash = entry.PreviousHash, Hash = entry.Hash, Written = entry.Written, Record = entry.Record }.Equals(Log[index]))
                {
                    continue;
                }

                Assert.True(Verify([.. Log.Take(index), entry, .. Log.Skip(index + 1)], Head(Log[^1])).Findings().Count > 0, $"bit {bit} of entry {index + 1}");
            }
        }
    }

    [Theory]
    [InlineData("removed", "entries 5 to 5 are missing")]
    [InlineData("exchanged", "entries 5 to 5 are missing")]
    [InlineData("twice", "entry 4 comes after entry 4")]
    [InlineData("cut", "entry 40, which was seen before, is missing: the log ends at 30")]
    [InlineData("begun later", "entries 1 to 4 are missing, and no entry says that their time was over")]
    [InlineData("written anew", "entry 40 is another one than was seen before")]
    [InlineData("another one put in", "entry 6 does not continue entry 5")]
    [InlineData("empty", "entry 40, which was seen before, is missing: the log ends at 0")]
    public void What_was_done_is_named(string what, string finding)
    {
        IReadOnlyList<Wire.AuditEntry> changed = what switch
        {
            "removed" => [.. Log.Take(4), .. Log.Skip(5)],
            "exchanged" => [.. Log.Take(4), Log[5], Log[4], .. Log.Skip(6)],
            "twice" => [.. Log.Take(4), Log[3], .. Log.Skip(4)],
            "cut" => [.. Log.Take(30)],
            "begun later" => [.. Log.Skip(4)],
            "written anew" => Make(40, "somebody else"),
            "another one put in" => [.. Log.Take(4), AuditMapper.ToWire(HeadOf(Log[3]).Next(Draft("somebody else", 0))), .. Log.Skip(5)],
            _ => [],
        };

        Assert.Contains(finding, Verify(changed, Head(Log[^1])).Findings());
    }

    [Fact]
    public void A_log_of_nothing_but_faults_does_not_fill_the_memory()
    {
        var chain = Verify(Enumerable.Repeat(Log[3], 10_000));

        Assert.InRange(chain.Findings().Count, 1, 102);
        Assert.Equal(10_000ul, chain.Count);
    }

    [Fact]
    public void A_beginning_that_an_entry_explains_is_none_to_wonder_at()
    {
        var forgotten = Draft("retention", 0, HeadOf(Log[9]));
        IReadOnlyList<Wire.AuditEntry> kept = [.. Log.Skip(10), AuditMapper.ToWire(HeadOf(Log[^1]).Next(forgotten))];

        Assert.Empty(Verify(kept).Findings());
        // What was seen then is over now, and tells nothing any more.
        Assert.Empty(Verify(kept, Head(Log[5])).Findings());
        var lie = AuditMapper.ToWire(HeadOf(Log[^1]).Next(Draft("retention", 0, HeadOf(Log[8]))));
        Assert.NotEmpty(Verify([.. Log.Skip(10), lie]).Findings());
    }

    private static Wire.AuditChain Verify(IEnumerable<Wire.AuditEntry> entries, Wire.AuditHead? known = null)
    {
        var chain = new Wire.AuditChain(known);
        foreach (var entry in entries)
        {
            chain.Take(entry);
        }

        return chain;
    }

    private static List<Wire.AuditEntry> Make(int count, string actor = "owner")
    {
        var head = AuditHead.Beginning;
        var entries = new List<Wire.AuditEntry>();
        for (var i = 0; i < count; i++)
        {
            var entry = head.Next(Draft(actor, i));
            head = AuditHead.Of(entry);
            entries.Add(AuditMapper.ToWire(entry));
        }

        return entries;
    }

    private static AuditDraft Draft(string actor, int number, AuditHead? forgotten = null) => AuditMapper.Draft(new AuditRecord
    {
        Time = new DateTimeOffset(2026, 11, 20, 12, 0, number, TimeSpan.Zero),
        Kind = AuditKind.Change,
        Action = "AccessService.RevokeToken",
        Actor = new AuditActor(AuditActorKind.Token, actor, "0123456789abcdef"),
        Subjects = [new(AuditSubjectKind.Token, "fedcba9876543210")],
        Forgotten = forgotten,
    });

    private static AuditHead HeadOf(Wire.AuditEntry entry) => new((long)entry.Number, entry.Hash.Memory);

    private static Wire.AuditHead Head(Wire.AuditEntry entry) => new() { Number = entry.Number, Hash = entry.Hash };
}
