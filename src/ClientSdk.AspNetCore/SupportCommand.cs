using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Telemetry.Client.AspNetCore;

/// <summary>What an administrator asked for with one of the page's forms.</summary>
internal abstract record SupportCommand
{
    /// <summary>Name of the field that says what is asked for.</summary>
    public const string ActionField = "action";

    /// <summary>Name of the field with the mode.</summary>
    public const string ModeField = "mode";

    /// <summary>Name of the field with the version of the list that was shown.</summary>
    public const string ListField = "list";

    /// <summary>Name of the field that tells one button from another.</summary>
    public const string OnceField = "once";

    /// <summary>Name of the field that confirms a deletion.</summary>
    public const string ConfirmField = "confirm";

    /// <summary>Name of the field that asks to switch off before a deletion.</summary>
    public const string OffField = "off";

    /// <summary>The value of a box that is ticked.</summary>
    public const string Ticked = "yes";

    /// <summary>Null when no form of this page makes such a request.</summary>
    public static SupportCommand? Of(IFormCollection form) => form[ActionField].ToString() switch
    {
        "switch" => ReadMode(form[ModeField].ToString()) is { } mode && ReadList(form) is { } list ? new Switch(mode, list) : null,
        "agree" => ReadList(form) is { } list ? new Agree(list) : null,
        "send" => new Send(form[OnceField].ToString()),
        "collected" => new ShowCollected(),
        "delete" => new DeleteCollected(form[OnceField].ToString(), form[ConfirmField] == Ticked, form[OffField] == Ticked),
        _ => null,
    };

    /// <summary>The value by which a form names a mode.</summary>
    public static string NameOf(ReportingMode mode) => mode switch
    {
        ReportingMode.On => "on",
        ReportingMode.Local => "local",
        _ => "off",
    };

    private static ReportingMode? ReadMode(string name) => name switch
    {
        "on" => ReportingMode.On,
        "local" => ReportingMode.Local,
        "off" => ReportingMode.Off,
        _ => null,
    };

    private static uint? ReadList(IFormCollection form) =>
        uint.TryParse(form[ListField].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;

    /// <summary>Choose a mode.</summary>
    /// <param name="Mode">The choice.</param>
    /// <param name="List">Version of the list of fields that was shown with it.</param>
    public sealed record Switch(ReportingMode Mode, uint List) : SupportCommand;

    /// <summary>Agree to the newer fields.</summary>
    /// <param name="List">Version of the list of fields that was shown.</param>
    public sealed record Agree(uint List) : SupportCommand;

    /// <summary>Send a report now.</summary>
    /// <param name="Once">Which button was pressed; another press of the same one is the same wish.</param>
    public sealed record Send(string Once) : SupportCommand;

    /// <summary>Hand out what the server collected.</summary>
    public sealed record ShowCollected : SupportCommand;

    /// <summary>Have the server delete what it collected.</summary>
    /// <param name="Once">Which button was pressed; another press of the same one is the same wish.</param>
    /// <param name="IsConfirmed">Whether it is meant.</param>
    /// <param name="SwitchesOff">Whether reports are switched off first.</param>
    public sealed record DeleteCollected(string Once, bool IsConfirmed, bool SwitchesOff) : SupportCommand;
}
