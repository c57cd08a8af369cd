using System.Runtime.InteropServices;

namespace Telemetry.DataFiles;

/// <summary>Gives a file that never changes a second name: a copy that takes no room.</summary>
internal static partial class HardLink
{
    /// <returns>False where the file system cannot, or the two lie on different ones: then it is to be copied.</returns>
    public static bool TryMake(string existing, string path) => OperatingSystem.IsWindows()
        ? CreateHardLink(path, existing, 0)
        : Link(existing, path) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string path, string existing, nint security);
}
