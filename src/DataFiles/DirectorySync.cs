using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Telemetry.DataFiles;

/// <summary>Makes the names of new files durable: on Unix a file's own sync does not cover its directory entry.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;
    private const int InputOutputError = 5;

    public static void Sync(string directory)
    {
        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"The directory '{directory}' cannot be opened to be synced.");
        }

        try
        {
            // Some file systems refuse to sync a directory; those need no sync for its entries either.
            if (FileSync(descriptor) != 0 && Marshal.GetLastPInvokeError() == InputOutputError)
            {
                throw new IOException($"The directory '{directory}' cannot be synced.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
