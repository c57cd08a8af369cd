using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Telemetry.Contracts.V1;

namespace Telemetry.Cli.Tests;

/// <summary>What the documentation tells people to type, call and open exists.</summary>
public sealed partial class DocumentedCommandsTests
{
    /// <summary>Programs that are not part of the project; a command that is none of them is a typing error.</summary>
    private static readonly string[] OtherPrograms =
    [
        "apt-get", "buf", "cd", "cp", "curl", "docker", "dotnet", "export", "git", "grpcurl", "head", "install", "journalctl", "kill",
        "mkdir", "nginx", "caddy", "occ", "openssl", "pip", "protoc", "ps", "python3", "rm", "sudo", "systemctl", "tar",
        "useradd", "vi", "for", "do", "done", "while", "chown", "chmod", "systemd-analyze", "mv", "ls", "cat", "php", "python",
        "mkcert", "rsync", "umask", "traefik", "sha256sum",
    ];

    public static TheoryData<string> Documents => [.. Repository.Documents().Select(Repository.NameOf).Where(name => name != "CHANGELOG.md")];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_command_line_can_be_understood(string document)
    {
        var commands = Shell.CommandsOf(document).ToList();

        Assert.All(commands, command => Check(command));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_relative_link_leads_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(document))!;
        var targets = Link().Matches(File.ReadAllText(Repository.PathOf(document)))
            .Select(link => link.Groups["target"].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal));

        Assert.All(targets, target => Assert.True(Path.Exists(Path.Combine(folder, target)), $"{target} does not exist."));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_method_of_the_contract_that_is_named_exists(string document)
    {
        var methods = new FileDescriptor[]
            {
                ReportingServiceReflection.Descriptor, FeedServiceReflection.Descriptor, AdminServiceReflection.Descriptor, AppServiceReflection.Descriptor,
                LicenseServiceReflection.Descriptor, LicenseAdminServiceReflection.Descriptor, InsightsServiceReflection.Descriptor,
            }
            .SelectMany(file => file.Services).SelectMany(service => service.Methods)
            .Select(method => $"{method.Service.FullName}/{method.Name}").ToList();

        Assert.NotEmpty(methods);
        Assert.All(
            Method().Matches(File.ReadAllText(Repository.PathOf(document))).Select(method => method.Value),
            method => Assert.Contains(method, methods));
    }

    [Fact]
    public void The_check_finds_what_cannot_be_understood()
    {
        Assert.ThrowsAny<Exception>(() => Check(new(1, ["telemetry", "tial"])));
        Assert.ThrowsAny<Exception>(() => Check(new(1, ["dotnet", "run", "--project", "src/Cli", "--", "licenses", "issue"])));
        Assert.ThrowsAny<Exception>(() => Check(new(1, ["dotnet", "run", "--project", "src/Srv"])));
        Assert.ThrowsAny<Exception>(() => Check(new(1, ["./scripts/tset.sh"])));
        Assert.ThrowsAny<Exception>(() => Check(new(1, ["tlemetry"])));
        Check(new(1, ["telemetry", "tail", "--limit", "3"]));
    }

    private static void Check(Shell.Command command)
    {
        var at = $"Line {command.Line}, {string.Join(' ', command.Words)}";
        var words = command.Words is ["dotnet", "run", "--project", "src/Cli", "--", .. var own] ? ["telemetry", .. own] : command.Words;
        if (words is ["telemetry", .. var args])
        {
            var errors = CliProgram.CommandLine(new CliConsole(TextReader.Null, TextWriter.Null, TextWriter.Null))
                .Parse(args).Errors.Select(error => error.Message);
            Assert.True(!errors.Any(), $"{at}: {string.Join(' ', errors)}");
        }
        else if (words is ["dotnet", "run", "--project", var run, ..])
        {
            Assert.True(Directory.Exists(Repository.PathOf(run)), $"{at}: there is no such project.");
        }
        else if (words is ["dotnet", "publish" or "pack" or "build", var project, ..])
        {
            Assert.True(Directory.Exists(Repository.PathOf(project)), $"{at}: there is no such project.");
        }
        else if (words[0].Contains("scripts/", StringComparison.Ordinal) || words[0] is "bench/run.sh")
        {
            Assert.True(File.Exists(Repository.PathOf(words[0])), $"{at}: there is no such script.");
        }
        else if (!words[0].Contains('/', StringComparison.Ordinal))
        {
            Assert.True(OtherPrograms.Contains(words[0]), $"{at}: there is no such command.");
        }
    }

    [GeneratedRegex(@"(?<!`)\[[^\]]*\]\((?<target>[^)\s]+)\)|<img[^>]*src=""(?<target>[^""]+)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"telemetry\.v1\.\w+/\w+")]
    private static partial Regex Method();
}
