namespace Telemetry.Client.AspNetCore;

/// <summary>One line of a <see cref="Notice"/>.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Text">What is said about it.</param>
internal sealed record NoticeDetail(string Name, string Text);
