using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Telemetry.Client.State;

/// <summary>Makes the names of new files last: on Unix a file's own sync does not cover its directory entry.</summary>
/// <remarks>As well as the system lets it: where a directory cannot be opened or synced, the file is there all the same.</remarks>
[UnsupportedOSPlatform("windows")]
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    public static void Sync(string directory)
    {
        try
        {
            var descriptor = Open(directory, ReadOnly);
            if (descriptor >= 0)
            {
                _ = FileSync(descriptor);
                _ = Close(descriptor);
            }
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system with another C library.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
