using System.Buffers.Binary;
using System.Text;
using Telemetry.Server.Model;
using Telemetry.Server.Storage.LiteDb;
using Wire = Telemetry.Contracts.V1;

namespace Telemetry.Server.Tests.Licensing;

/// <summary>Who steals the database learns no key, and not which customer a report came from.</summary>
public sealed class LeakedDatabaseTests
{
    private const string Url = "https://leak.example";

    [Fact]
    public async Task No_key_is_in_the_files_the_logs_or_the_answers_and_no_report_names_a_license()
    {
        var data = Directory.CreateTempSubdirectory("telemetry-leak-").FullName;
        try
        {
            string key;
            Wire.License license;
            string licensedInstance;
            IReadOnlyList<string> logs;
            var answers = new StringBuilder();
            await using (var server = await TestServer.StartAsync(data))
            {
                (license, key) = await server.IssueAsync();
                answers.Append(await server.CheckAsync(key, Url)).Append(await server.CheckAsync(key, "https://other.example"));
                answers.Append(await server.LicenseAdmin.ListLicensesAsync(new(), server.Authorized));
                answers.Append(await server.LicenseAdmin.GetLicenseAsync(new() { LicenseKey = key }, server.Authorized));
                var usage = await server.LicenseAdmin.GetLicenseUsageAsync(new() { LicenseId = license.LicenseId }, server.Authorized);
                licensedInstance = usage.Instances.Single().InstanceId;
                for (var i = 0; i < 3; i++)
                {
                    var report = SampleReports.Of(Url);
                    report.Subscription.Key = key;
                    report.Subscription.ExtendedSupport = true;
                    answers.Append(await new Wire.ReportingService.ReportingServiceClient(server.Native)
                        .SubmitReportAsync(new() { Report = report }));
                    server.Time.Advance(TimeSpan.FromHours(1));
                }

                logs = [.. server.Logs.Lines.Select(line => line.Text)];
                AssertNoKeyIn(data, key);
            }

            AssertNoKeyIn(data, key);
            foreach (var text in logs.Append(answers.ToString()))
            {
                Assert.DoesNotContain(key, text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(Telemetry.Server.Licensing.LicenseKey.Canonical(key), text, StringComparison.OrdinalIgnoreCase);
            }

            AssertUnlinked(data, license.LicenseId, licensedInstance);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static void AssertNoKeyIn(string directory, string key)
    {
        foreach (var file in Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var content = reader.ReadToEnd();
            foreach (var secret in new[] { key, Telemetry.Server.Licensing.LicenseKey.Canonical(key), key[5..11], SampleReports.HashOf(Url) })
            {
                Assert.DoesNotContain(secret, content, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    /// <summary>Opens the files as a thief would, and looks for anything that the two sides share.</summary>
    private static void AssertUnlinked(string data, string licenseId, string licensedInstance)
    {
        using var database = new EventDatabase(
            new DiskFile(Path.Combine(data, "telemetry.db")), new DiskFile(Path.Combine(data, "telemetry.log")),
            new DiskFile(Path.Combine(data, "telemetry.2.log")), knownEnd: null);
        var license = database.ReadLicenses().Single();
        var lease = database.ReadLeases().Single();
        var telemetry = database.ReadEvents(1, long.MaxValue).Select(chunk => chunk.Chunk).Concat(database.ReadSlots().Select(slot => slot.Rows)).ToList();
        Assert.Equal(licenseId, license.Id.ToString());
        Assert.Equal(licensedInstance, lease.Instance.ToString());
        Assert.NotEmpty(telemetry);
        foreach (var identity in new[] { Bytes(license.KeyHash.Value), Bytes(lease.Instance.Value), Bytes(license.Id.Value) })
        {
            Assert.All(telemetry, chunk =>
            {
                Assert.False(chunk.AsSpan().IndexOf(identity) >= 0, "A report holds what names a license.");
                Assert.False(chunk.AsSpan().IndexOf([.. identity.Reverse()]) >= 0, "A report holds what names a license.");
            });
        }

        // A seat knows days only: to the millisecond, checks and reports of one installation could be matched.
        Assert.Equal(new DateOnly(2026, 11, 20), lease.BoundOn);
        Assert.DoesNotContain(typeof(LicenseLease).GetProperties(), property => property.PropertyType == typeof(DateTimeOffset));
    }

    private static byte[] Bytes(UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
