namespace Telemetry.Client.AspNetCore.Page;

/// <summary>How the page looks: the system's own font, light or dark as the reader has it, wide or narrow.</summary>
internal static class PageStyle
{
    public static readonly Html Sheet = Html.Of($$"""

        :root {
          color-scheme: light dark;
          --page: #f4f5f7; --card: #ffffff; --text: #1c2127; --quiet: #57606a; --line: #d5dae0; --edge: #767f89;
          --accent: #0b57d0; --accent-hover: #0842a0; --on-accent: #ffffff;
          --good: #0d5c2f; --good-back: #e7f5ec; --bad: #8f1d17; --bad-back: #fdeceb; --new: #694800; --new-back: #fdf3d7;
          --code: #eef0f3;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #121518; --card: #1b2025; --text: #e7eaed; --quiet: #a8b1bb; --line: #353c44; --edge: #8b949e;
            --accent: #8ab4f8; --accent-hover: #aecbfa; --on-accent: #0b1d3a;
            --good: #8fdcae; --good-back: #12301f; --bad: #ffb4ab; --bad-back: #3b1615; --new: #f5d68a; --new-back: #332a10;
            --code: #262c33;
          }
        }
        *, ::before, ::after { box-sizing: border-box; }
        body {
          margin: 0; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
          font: 1rem/1.5 system-ui, sans-serif;
        }
        header, main, footer { max-width: 52rem; margin: 0 auto; }
        h1 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.2; }
        h2 { margin: 0 0 .75rem; font-size: 1.25rem; line-height: 1.3; }
        p, ul, dl { margin: 0 0 .75rem; }
        ul { padding-left: 1.25rem; }
        section { margin: 1.25rem 0; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
        code, pre { font-family: ui-monospace, Consolas, Menlo, monospace; font-size: .875em; }
        .wrap, code { overflow-wrap: anywhere; }
        .keep { white-space: nowrap; }
        .hint { color: var(--quiet); font-size: .9375rem; }
        .none { color: var(--quiet); }
        .notice { border: 1px solid; border-left-width: .375rem; border-radius: .5rem; }
        .notice > :last-child { margin-bottom: 0; }
        .good { background: var(--good-back); border-color: var(--good); }
        .bad { background: var(--bad-back); border-color: var(--bad); }
        .new { background: var(--new-back); border-color: var(--new); }
        .good h2 { color: var(--good); }
        .bad h2 { color: var(--bad); }
        .new h2 { color: var(--new); }
        .notice .hint, .notice dt { color: inherit; }
        .state { padding: .5rem .75rem; border-radius: .375rem; font-weight: 600; }
        .state.on { color: var(--good); background: var(--good-back); }
        .state.local { color: var(--new); background: var(--new-back); }
        .state.off { background: var(--code); }
        fieldset { margin: 0 0 .75rem; padding: 0; border: 0; }
        legend { padding: 0; margin-bottom: .25rem; font-weight: 600; }
        .choice { display: grid; grid-template-columns: 1.75rem 1fr; align-items: center; padding: .25rem 0; }
        .choice input { width: 1.25rem; height: 1.25rem; margin: 0; accent-color: var(--accent); }
        .choice label { min-height: 1.75rem; font-weight: 600; }
        .choice .hint { grid-column: 2; }
        button {
          min-height: 2.75rem; padding: .5rem 1.25rem; border: 1px solid transparent; border-radius: .375rem; cursor: pointer;
          background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600;
        }
        button:focus-visible { border-radius: .375rem; }
        button:hover { background: var(--accent-hover); }
        form + form { margin-top: 1.5rem; }
        .notice:focus { outline: 0; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .25rem; }
        dl > div { display: grid; grid-template-columns: 12rem 1fr; gap: 0 1rem; padding: .25rem 0; }
        dt { color: var(--quiet); }
        dd { margin: 0; min-width: 0; }
        table { width: 100%; border-collapse: collapse; }
        th, td { padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
        thead th { border-top: 0; font-weight: 600; }
        th[scope="row"] { width: 60%; }
        th.when { width: 11rem; }
        td > *, th .hint { display: block; }
        .group th { padding-top: 1.25rem; font-weight: 600; }
        summary { padding: .5rem 0; cursor: pointer; font-weight: 600; color: var(--accent); }
        pre { margin: .5rem 0 0; padding: .75rem; overflow: auto; max-height: 32rem; background: var(--code); border-radius: .375rem; }
        footer { color: var(--quiet); font-size: .9375rem; }
        @media (max-width: 40rem) {
          body { padding: 1rem .75rem 2rem; }
          section { padding: 1rem; }
          dl > div { grid-template-columns: 1fr; padding: .375rem 0; }
          th[scope="row"] { width: 58%; }
          th.when { width: 7.5rem; }
          button { width: 100%; }
        }

        """);
}
