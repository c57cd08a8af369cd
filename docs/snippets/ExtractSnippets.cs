using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes each C# block of Markdown files as a source file of its own: using directives first, statements in a method,
/// and what begins with an access modifier in the first column, to the end, beside it. What the statements take for
/// given, e.g. <c>builder</c>, is in <c>Surroundings</c>.
/// </summary>
public sealed class ExtractSnippets : Task
{
    private static readonly Regex Directive = new Regex(@"^using [\w.]+;");
    private static readonly string[] Modifiers = { "public ", "internal " };

    [Required]
    public ITaskItem[] Documents { get; set; }

    [Required]
    public string Root { get; set; }

    [Required]
    public string Folder { get; set; }

    [Output]
    public ITaskItem[] Sources { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Folder);
        var sources = new List<ITaskItem>();
        foreach (var path in Documents.Select(document => document.GetMetadata("FullPath")).OrderBy(path => path, StringComparer.Ordinal))
        {
            var lines = File.ReadAllLines(path);
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i].TrimEnd() != "```csharp")
                {
                    continue;
                }

                var first = i + 1;
                var last = Array.FindIndex(lines, first, line => line.TrimEnd() == "```");
                var relative = path.Substring(Root.Length).Replace('\\', '/');
                var name = new string(relative.Select(letter => char.IsLetterOrDigit(letter) ? letter : '_').ToArray()) + "_" + first;
                var source = Path.Combine(Folder, name + ".cs");
                File.WriteAllText(source, SourceOf(lines, first, last, path, name));
                sources.Add(new TaskItem(source));
                i = last;
            }
        }

        Sources = sources.ToArray();
        return true;
    }

    private static string SourceOf(string[] lines, int first, int last, string path, string name)
    {
        var usings = Enumerable.Range(first, last - first).TakeWhile(i => Directive.IsMatch(lines[i]) || lines[i].Length == 0).Count();
        var declarations = Array.FindIndex(lines, first, last - first, line => Modifiers.Any(line.StartsWith));
        declarations = declarations < 0 ? last : declarations;
        var source = new StringBuilder();
        Copy(first, first + usings);
        source.AppendLine("namespace Telemetry.Docs." + name + ";");
        source.AppendLine("internal sealed class Snippet : Surroundings");
        source.AppendLine("{");
        source.AppendLine("    public async System.Threading.Tasks.Task RunAsync()");
        source.AppendLine("    {");
        source.AppendLine("        await System.Threading.Tasks.Task.CompletedTask;");
        Copy(first + usings, declarations);
        source.AppendLine("    }");
        source.AppendLine("}");
        Copy(declarations, last);
        return source.ToString();

        void Copy(int from, int to)
        {
            source.AppendLine("#line " + (from + 1) + " \"" + path + "\"");
            for (var i = from; i < to; i++)
            {
                source.AppendLine(lines[i]);
            }

            source.AppendLine("#line hidden");
        }
    }
}
