using Telemetry.Server.Storage.LiteDb;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Pages of the data file prove themselves.</summary>
public sealed class DataPageTests
{
    [Fact]
    public void A_sealed_page_opens_under_its_number_as_LiteDB_expects_it()
    {
        var page = Sealed(5);

        Assert.True(DataPage.TryOpen(page, 5));

        Assert.Equal(uint.MaxValue, LogPage.TransactionOf(page));
        Assert.False(LogPage.IsConfirmed(page));
        Assert.Equal(SamplePages.Of(5, confirmed: false, transaction: uint.MaxValue), page);
    }

    [Fact]
    public void A_page_in_the_place_of_another_does_not_open() => Assert.False(DataPage.TryOpen(Sealed(5), 6));

    [Fact]
    public void No_byte_of_a_page_can_change_unnoticed()
    {
        for (var i = 0; i < LogPage.Size; i++)
        {
            var page = Sealed(5);
            page[i] ^= 0x10;
            Assert.False(DataPage.TryOpen(page, 5), $"Byte {i} changed.");
        }
    }

    [Fact]
    public void Damage_is_told_by_file_and_place() =>
        Assert.StartsWith($"'telemetry.db' at byte {3 * LogPage.Size}:", DataPage.Damaged(3).Message, StringComparison.Ordinal);

    private static byte[] Sealed(uint number)
    {
        var page = SamplePages.Of(number, confirmed: true);
        DataPage.Seal(page);
        return page;
    }
}
