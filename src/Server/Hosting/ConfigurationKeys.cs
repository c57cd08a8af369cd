using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Telemetry.Server.Hosting;

/// <summary>Refuses configuration that would not do what somebody meant: unknown keys, values of the wrong kind.</summary>
internal static class ConfigurationKeys
{
    private const string Logging = "Logging";
    private const string LogLevels = "LogLevel";

    /// <summary>What the web host adds by itself.</summary>
    private const string ContentRoot = "contentRoot";

    private static readonly string[] Known = [.. ServerConfiguration.Sections
        .SelectMany(section => PropertiesOf(section.Value).Select(property => $"{section.Key}:{property.Name}"))];

    /// <exception cref="UsageException">The message names the key, the rule, and the nearest key that exists.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var section in configuration.GetChildren())
        {
            if (section.Key.Equals(Logging, StringComparison.OrdinalIgnoreCase))
            {
                CheckLogLevels(section);
            }
            else if (ServerConfiguration.Sections.TryGetValue(section.Key, out var options))
            {
                CheckSection(section, options);
            }
            else if (!section.Key.Equals(ContentRoot, StringComparison.OrdinalIgnoreCase))
            {
                throw Unknown(section.GetChildren().FirstOrDefault()?.Path ?? section.Path);
            }
        }
    }

    /// <summary>Names of environment variables that were meant as settings, by the look of them, and are none.</summary>
    public static IEnumerable<(string Variable, string Meant)> AlmostSettings(string prefix, string separator) =>
        from variable in Environment.GetEnvironmentVariables().Keys.Cast<string>()
        from known in Known
        where variable.Equals(prefix + known.Replace(ConfigurationPath.KeyDelimiter, "_", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)
        select (variable, prefix + known.Replace(ConfigurationPath.KeyDelimiter, separator, StringComparison.Ordinal));

    private static void CheckSection(IConfigurationSection section, Type options)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            throw new UsageException($"{section.Path} is a section; its keys have the values, e.g. {NearestTo(section.Path)}.");
        }

        foreach (var setting in section.GetChildren())
        {
            var property = PropertiesOf(options)
                .FirstOrDefault(property => property.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
            CheckValue(setting, property ?? throw Unknown(setting.Path));
        }
    }

    private static void CheckValue(IConfigurationSection setting, PropertyInfo property)
    {
        var (name, type) = (setting.Path, property.PropertyType);
        if (type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)))
        {
            if (!string.IsNullOrEmpty(setting.Value) || setting.GetChildren().Any(item => !int.TryParse(item.Key, out _)))
            {
                throw new UsageException($"{name} is a list: give its values as {name}:0, {name}:1 and so on.");
            }

            if (type.IsGenericType && type.GenericTypeArguments[0] is { IsClass: true } item && item != typeof(string))
            {
                foreach (var entry in setting.GetChildren())
                {
                    CheckSection(entry, item);
                }
            }
        }
        else if (setting.GetChildren().Any())
        {
            throw new UsageException($"{name} has one value, and none below it.");
        }
        else if (setting.Value is "")
        {
            throw new UsageException($"{name} is empty: give it a value, or leave it out.");
        }
        else if (setting.Value is { } text)
        {
            var value = Convert(name, type, text);
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>().Where(rule => !rule.IsValid(value)))
            {
                throw new UsageException($"'{text}' will not do. {rule.FormatErrorMessage(name)}");
            }
        }
    }

    private static object? Convert(string name, Type type, string value)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException or OverflowException)
        {
            throw new UsageException($"{name} must be {KindOf(type)}, not '{value}'.");
        }
    }

    private static string KindOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var kind when kind == typeof(TimeSpan) => "a duration such as 00:00:30 or 14.00:00:00",
        var kind when kind == typeof(bool) => "true or false",
        var kind when kind.IsEnum => "one of " + string.Join(", ", Enum.GetNames(kind)),
        var kind => kind == typeof(double) ? "a number" : "a whole number in range",
    };

    /// <summary>"Logging:LogLevel:CATEGORY" and "Logging:PROVIDER:LogLevel:CATEGORY"; which categories there are is open.</summary>
    private static void CheckLogLevels(IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            if (!child.Key.Equals(LogLevels, StringComparison.OrdinalIgnoreCase))
            {
                CheckLogLevels(child);
                continue;
            }

            foreach (var category in child.GetChildren().Where(category => !Enum.TryParse<LogLevel>(category.Value, ignoreCase: true, out _)))
            {
                throw new UsageException(
                    $"{category.Path} must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}, not '{category.Value}'.");
            }
        }
    }

    private static UsageException Unknown(string path) =>
        new($"Unknown configuration key '{path}'." + (NearestTo(path) is { } nearest
            ? $" Did you mean '{nearest}'?"
            : $" The sections are {string.Join(", ", ServerConfiguration.Sections.Keys)} and {Logging}."));

    /// <summary>A key of nearly this name, or a key that nearly has this name after its section.</summary>
    private static string? NearestTo(string path) =>
        Nearest.To(path, Known) ?? Known.FirstOrDefault(known =>
            known.StartsWith(path + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase)
            || known.EndsWith(ConfigurationPath.KeyDelimiter + path, StringComparison.OrdinalIgnoreCase));

    private static PropertyInfo[] PropertiesOf(Type options) => options.GetProperties(BindingFlags.Public | BindingFlags.Instance);
}
