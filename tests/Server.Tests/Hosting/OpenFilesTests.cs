using Telemetry.Server.Hosting;

namespace Telemetry.Server.Tests.Hosting;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData("Max open files            20000                20000                files     ", 19_000)]
    [InlineData("Max open files            1024                 524288               files     ", 512)]
    [InlineData("Max open files            600                  600                  files     ", 300)]
    [InlineData("Max open files            unlimited            unlimited            files     ", int.MaxValue)]
    [InlineData("Max processes             600                  600                  processes ", int.MaxValue)]
    public void Connections_leave_files_for_everything_else(string line, int connections) => Assert.Equal(
        connections, OpenFiles.LeftForConnections(["Limit                     Soft Limit           Hard Limit           Units     ", line]));
}
