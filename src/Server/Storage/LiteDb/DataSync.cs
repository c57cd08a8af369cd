using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Telemetry.Server.Storage.LiteDb;

/// <summary>fdatasync: brings a file's bytes to the disk, and its size when that changed, but not its time of change.</summary>
/// <remarks>
/// The log is written over and over in place; with fsync each commit would write the inode too, a second place on the disk.
/// Source: fdatasync(2).
/// </remarks>
[SupportedOSPlatform("linux")]
internal static partial class DataSync
{
    private const int Interrupted = 4;
    private const int NotSupportedByFile = 22;

    /// <exception cref="IOException">The bytes may not be on the disk.</exception>
    public static void Sync(SafeFileHandle file)
    {
        while (FileDataSync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == NotSupportedByFile)
            {
                return;
            }

            if (error != Interrupted)
            {
                throw new IOException(new Win32Exception(error).Message);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FileDataSync(SafeFileHandle file);
}
