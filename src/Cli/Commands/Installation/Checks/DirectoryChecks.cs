using System.Text.Json;
using Telemetry.Client.State;

namespace Telemetry.Cli.Commands.Installation.Checks;

/// <summary>Whether the files are there, sound, and for whom they should be.</summary>
internal sealed class DirectoryChecks(string path, TimeProvider time)
{
    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly StateDirectory _directory = new(path, time);

    private IEnumerable<string> Files => _directory.Files.Where(File.Exists);

    /// <summary>One after the other; ends with the first that makes the rest meaningless.</summary>
    public IEnumerable<Check> Run()
    {
        var there = Exists();
        yield return there;
        if (there.Level == CheckLevel.Fail)
        {
            yield break;
        }

        yield return Readable();
        yield return Writable();
        yield return Permissions();
        yield return State();
        yield return Record();
    }

    private Check Exists() => File.Exists(path)
        ? Check.Fail("directory", $"{path} is a file, where the app needs a directory. Move it away.")
        : Directory.Exists(path)
            ? Check.Ok("directory", $"{path} is there.")
            : Check.Fail(
                "directory",
                $"There is no {path}. The app makes it at its first start; check that this is the directory that it uses.");

    private Check Readable()
    {
        try
        {
            _ = Directory.GetFiles(path);
            foreach (var file in Files)
            {
                using var stream = File.Open(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            }

            return Check.Ok("readable", "This user can read what is in it.");
        }
        catch (FileNotFoundException)
        {
            return Check.Ok("readable", "This user can read what is in it; the app is changing it just now.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Check.Fail("readable", $"{e.Message} Run this as the app's user, or let that user own the files.");
        }
    }

    private Check Writable()
    {
        try
        {
            var probe = Path.Combine(path, $"doctor.{Guid.NewGuid():N}.tmp");
            File.Open(probe, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            }).Dispose();
            TryLock();
            return Check.Ok("writable", "This user can write it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Check.Fail(
                "writable",
                $"This user cannot write it ({e.Message.TrimEnd('.')}). No choice can be written down, and no report is "
                + "sent, because nobody could tell later that it was. Let the app's user write it.");
        }
    }

    private void TryLock()
    {
        try
        {
            if (Path.Exists(_directory.LockFile))
            {
                File.Open(_directory.LockFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            }
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            // Another process writes just now, so it can be locked.
        }
    }

    private Check Permissions()
    {
        if (OperatingSystem.IsWindows())
        {
            return Check.Skip("permissions", "Not looked at on Windows.");
        }

        Dictionary<string, UnixFileMode> modes;
        try
        {
            modes = Files.Prepend(path).ToDictionary(one => one, File.GetUnixFileMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Check.Warn("permissions", $"They cannot be looked at ({e.Message.TrimEnd('.')}).");
        }

        var open = Those(modes, UnixFileMode.OtherWrite);
        if (open.Length > 0)
        {
            return Check.Fail("permissions", $"Everybody can write {open}, and so switch reports on. Take that away: chmod o-w.");
        }

        var group = Those(modes, UnixFileMode.GroupWrite);
        if (group.Length > 0)
        {
            return Check.Warn(
                "permissions", $"A whole group can write {group}, and so switch reports on. If that is not meant: chmod g-w.");
        }

        modes.Remove(path);
        var shown = Those(modes, OthersRead);
        return shown.Length > 0
            ? Check.Warn("permissions", $"Others can read {shown}. Take that away: chmod go-r.")
            : Check.Ok("permissions", "Nobody but their owner can read or write the files.");
    }

    private Check State() => _directory.Read().Problem is { } problem
        ? Check.Fail("state", $"{problem} Until then reports are off.")
        : Check.Ok("state", "What was decided is readable and sound, or nothing was decided yet.");

    private Check Record()
    {
        var damaged = Files.Where(file => !IsJson(file)).ToList();
        return damaged.Count == 0
            ? Check.Ok("files", "The other files are sound.")
            : Check.Warn(
                "files",
                $"Damaged: {string.Join(", ", damaged)}. The app writes its own files anew when it starts or reports; a "
                + "damaged history is lost.");
    }

    private static bool IsJson(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // That is told by the check for reading.
            return true;
        }
    }

    private static string Those(Dictionary<string, UnixFileMode> modes, UnixFileMode unwanted) =>
        string.Join(", ", modes.Where(one => (one.Value & unwanted) != 0).Select(one => one.Key));
}
