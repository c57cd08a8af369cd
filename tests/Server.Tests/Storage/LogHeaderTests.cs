using Telemetry.Server.Storage;
using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>The sectors before the frames: whole, or not there.</summary>
public sealed class LogHeaderTests
{
    private static readonly LogHeader Header = new(0x1122334455667788, new FrameChain(901, 0xA1B2C3D4E5F60718));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_header_is_read_as_it_was_written_and_from_its_slot_alone(int slot)
    {
        var file = new MemoryFile([]);

        Header.Write(file, slot);

        Assert.Equal(Header, LogHeader.Read(file, slot));
        Assert.Equal(default, LogHeader.Read(file, 1 - slot));
        Assert.Equal(LogHeader.Size, file.Length);
    }

    [Fact]
    public void A_header_leaves_the_frames_of_a_longer_file_alone()
    {
        var file = new MemoryFile(new byte[LogHeader.Size + 1]);

        Header.Write(file, 1);

        Assert.Equal(LogHeader.Size + 1, file.Length);
    }

    [Fact]
    public void The_mark_comes_first_then_each_header_in_a_sector_of_its_own_then_the_frames()
    {
        Assert.Equal(0, LogMark.Offset);
        Assert.Equal([4096L, 8192L], [LogHeader.PositionOf(0), LogHeader.PositionOf(1)]);
        Assert.Equal(12288, LogFile.PositionOf(0));
        Assert.Equal(12288 + 8 + 8192, LogFile.PositionOf(1));
    }

    [Fact]
    public void No_byte_of_a_header_can_change_unnoticed()
    {
        var file = new MemoryFile([]);
        Header.Write(file, 0);
        ForEachByte(file, LogHeader.PositionOf(0), 40, () => Assert.Equal(default, LogHeader.Read(file, 0)));
        Assert.Equal(Header, LogHeader.Read(file, 0));
    }

    [Fact]
    public void A_header_that_is_cut_off_is_none()
    {
        var file = new MemoryFile([]);
        Header.Write(file, 0);

        file.SetLength(LogHeader.PositionOf(0) + 39);

        Assert.Equal(default, LogHeader.Read(file, 0));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_mark_is_read_as_it_was_written(bool isClosed, bool isOtherMoved)
    {
        var file = new MemoryFile([]);
        var mark = new LogMark(0x0102030405060708, new FrameChain(77, ulong.MaxValue - 5), isClosed, isOtherMoved);

        mark.Write(file);

        Assert.Equal(mark, LogMark.Read(file));
    }

    [Fact]
    public void No_byte_of_a_mark_can_change_unnoticed()
    {
        var file = new MemoryFile([]);
        new LogMark(3, new FrameChain(7, 9), IsClosed: true, IsOtherMoved: false).Write(file);

        ForEachByte(file, LogMark.Offset, 48, () => Assert.Equal(default, LogMark.Read(file)));
    }

    [Fact]
    public void A_header_is_no_mark_and_a_mark_no_header()
    {
        var file = new MemoryFile(new byte[LogHeader.Size]);
        Header.Write(file, 0);
        var header = new byte[48];
        file.Read(header, LogHeader.PositionOf(0));
        file.Write(header, LogMark.Offset);

        Assert.Equal(default, LogMark.Read(file));
        Assert.Equal(default, LogMark.Read(new MemoryFile(new byte[47])));
    }

    [Theory]
    [InlineData("TLMLOG1\0", true)]
    [InlineData("TLMLOG3\0", true)]
    [InlineData("TLMLOG9\0", true)]
    [InlineData("TLMLOG4\0", true)]
    [InlineData("TLMLOG5\0", false)]
    [InlineData("TLMLOG0\0", false)]
    [InlineData("TLMLOG:\0", false)]
    [InlineData("TLMLOGA\0", false)]
    [InlineData("TLMLOG33", false)]
    [InlineData("SQLite 3", false)]
    [InlineData("TLMLOG3", false)]
    public void Only_the_log_of_another_version_is_refused_as_one(string magic, bool refused)
    {
        var file = new MemoryFile([.. new byte[LogHeader.PositionOf(0)], .. System.Text.Encoding.ASCII.GetBytes(magic)]);

        var refusal = Record.Exception(() => LogHeader.RefuseOtherFormat(file));

        Assert.Equal(refused, refusal is StoreOpenException);
        Assert.Equal(refused, refusal?.Message.Contains($"format {magic[6]}; this one knows 5", StringComparison.Ordinal) == true);
    }

    private static void ForEachByte(MemoryFile file, long start, int length, Action check)
    {
        for (var i = 0; i < length; i++)
        {
            var value = new byte[1];
            file.Read(value, start + i);
            file.Write([(byte)(value[0] ^ 0x40)], start + i);
            check();
            file.Write(value, start + i);
        }
    }
}
