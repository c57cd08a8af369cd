using Telemetry.Client.State;

namespace Telemetry.ClientSdk.Tests.State;

public sealed class DamagedLedgerTests
{
    [Theory]
    [InlineData("[null, null]")]
    [InlineData("[null")]
    [InlineData("null")]
    public async Task A_record_that_somebody_spoiled_has_no_entries(string content)
    {
        var path = Directory.CreateTempSubdirectory("telemetry-ledger-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(path, "sent.json"), content);

            Assert.Empty(new StateDirectory(path, TimeProvider.System).ReadLedger());
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
