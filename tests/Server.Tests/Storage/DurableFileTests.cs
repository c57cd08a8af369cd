using Telemetry.DataFiles;

namespace Telemetry.Server.Tests.Storage;

/// <summary>Secrets and keys: whole or not there, and for nobody else to read.</summary>
public sealed class DurableFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _directory = Directory.CreateTempSubdirectory("telemetry-durable-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_new_file_holds_what_was_given_for_its_owner_alone_and_leaves_no_other()
    {
        var path = Path.Combine(_directory, "secret");

        DurableFile.WriteNew(path, [1, 2, 3]);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_file_that_exists_is_left_alone()
    {
        var path = Path.Combine(_directory, "secret");
        File.WriteAllBytes(path, [9]);

        Assert.Throws<IOException>(() => DurableFile.WriteNew(path, [1, 2, 3]));

        Assert.Equal([9], File.ReadAllBytes(path));
    }

    [Fact]
    public void What_a_crash_left_half_written_is_replaced()
    {
        var path = Path.Combine(_directory, "secret");
        File.WriteAllBytes(path + ".new", [7, 7, 7, 7, 7]);

        DurableFile.WriteNew(path, [1, 2, 3]);

        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_new_directory_is_its_owners_and_one_that_exists_is_left_alone()
    {
        var path = Path.Combine(_directory, "a", "b");

        DurableFile.CreateDirectory(path);

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
        DurableFile.CreateDirectory(path);
        Assert.True(File.GetUnixFileMode(path).HasFlag(UnixFileMode.GroupRead));
    }
}
