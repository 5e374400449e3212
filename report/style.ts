/** The style sheet of report.html: light and dark, from a phone's width up; no address, no font to fetch. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf8; --card: #ffffff; --ink: #1c1f24; --soft: #5c6470; --line: #e4e2dc;
  --ok: #1d7a4c; --failed: #b3382c; --skipped: #8a6d1a; --unfinished: #6b7280; --accent: #1f5fa8;
  --shade: rgb(20 20 30 / .06);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14161a; --card: #1c1f25; --ink: #e8e6e1; --soft: #9aa3af; --line: #2e333b;
    --ok: #4fc38a; --failed: #f0857a; --skipped: #d9b650; --unfinished: #9ca3af; --accent: #7db4f2;
    --shade: rgb(0 0 0 / .3);
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 68rem; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, dl, dd, figure, ul { margin: 0; padding: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 3rem 0 .35rem; letter-spacing: -.005em; }
h2 + p { color: var(--soft); margin-bottom: 1rem; max-width: 44rem; }
.soft { color: var(--soft); }
.key { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", monospace; font-size: .82rem; line-height: 1.45; overflow-wrap: anywhere; unicode-bidi: isolate; }
header .line { display: flex; flex-wrap: wrap; gap: .35rem .9rem; align-items: center; margin-top: .5rem; color: var(--soft); }
.state { font-weight: 600; font-size: .85rem; padding: .1rem .65rem; border-radius: 1rem; border: 1px solid currentColor; }
.complete { color: var(--ok); } .failed { color: var(--failed); } .cancelled { color: var(--unfinished); }
.notice { margin-top: 1.5rem; padding: .9rem 1.1rem; border-left: .25rem solid var(--failed); background: var(--card); border-radius: .3rem; }
.notice.failed, .notice.cancelled { color: inherit; }
.notice.cancelled { border-color: var(--unfinished); }
.notice ul { margin: .5rem 0 0 1.1rem; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin-top: 1.75rem; }
.totals div, .card, .error { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; box-shadow: 0 1px 2px var(--shade); }
.totals div { padding: .7rem .95rem .8rem; display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.totals dt { color: var(--soft); font-size: .85rem; }
.totals dd { font-size: 1.65rem; line-height: 1.25; font-weight: 600; letter-spacing: -.02em; }
dd.ok { color: var(--ok); } dd.failed { color: var(--failed); } dd.skipped { color: var(--skipped); } dd.unfinished { color: var(--unfinished); }
.bar { display: flex; height: .6rem; margin-top: 1rem; border-radius: .3rem; overflow: hidden; background: var(--line); gap: 2px; }
.bar i { display: block; min-width: 3px; background: currentColor; }
i.ok { color: var(--ok); } i.failed { color: var(--failed); } i.skipped { color: var(--skipped); } i.unfinished { color: var(--unfinished); }
.equation { margin-top: .6rem; font-size: .9rem; color: var(--soft); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); margin-top: .75rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: right; padding: .5rem .85rem; border-top: 1px solid var(--line); white-space: nowrap; vertical-align: top; }
tr:first-child th { border-top: 0; }
th { font-weight: 500; color: var(--soft); font-size: .82rem; }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 11rem; }
td b { font-weight: 600; }
td small { display: block; color: var(--soft); font-size: .85rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 1rem; }
.card { padding: .95rem; display: flex; flex-direction: column; gap: .8rem; }
.card img { display: block; width: 100%; height: 12rem; object-fit: contain; background: var(--paper); border-radius: .35rem; }
.card dt { color: var(--soft); font-size: .84rem; line-height: 1.4; }
.card dd + dt { margin-top: .75rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.caption { font-family: ui-serif, "Iowan Old Style", Charter, Georgia, "Noto Serif", serif; font-size: 1.02rem; line-height: 1.55; max-height: 15rem; overflow-y: auto; }
.vqa { font-weight: 600; }
.value { display: inline-block; margin-left: .4rem; padding: 0 .5rem; border-radius: .8rem; background: var(--line); font-size: .82rem; font-weight: 500; }
.card footer { margin-top: auto; padding-top: .6rem; border-top: 1px solid var(--line); color: var(--soft); }
.error { padding: 1rem 1.1rem; margin-top: .75rem; }
.error h3 { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; font-size: 1rem; }
.error h3 span { color: var(--soft); font-weight: 400; font-size: .88rem; }
.error li { margin: .55rem 0 0; padding-left: .8rem; border-left: 2px solid var(--line); list-style: none; }
.error li .text { font-size: .9rem; color: var(--soft); }
.page { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .88rem; }
@media (max-width: 34rem) {
  body { padding: 1.5rem .9rem 3rem; }
  h1 { font-size: 1.5rem; }
  .totals { grid-template-columns: repeat(2, 1fr); gap: .5rem; }
  .totals dd { font-size: 1.35rem; }
  .tiles { grid-template-columns: 1fr; }
  table { font-size: .86rem; }
  th, td { padding: .45rem .5rem; }
  th:first-child, td:first-child { min-width: 8rem; }
}
@media print {
  body { max-width: none; }
  .card, .error, .totals div { break-inside: avoid; box-shadow: none; }
  .caption { max-height: none; }
}
`;
