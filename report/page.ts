import { count, counted, lasting, latency, moment } from './words.ts';
import type { Spread } from './histogram.ts';
import { type Fragment, markup, Markup, visibleLine } from './markup.ts';
import type { Report } from './report.ts';
import { tilesSection, type Thumbnails } from './tile-card.ts';
import { STYLE } from './style.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const ENDINGS = ['ok', 'failed', 'skipped', 'unfinished'] as const;

const NOTICES: Record<Report['state'], string | null> = {
  complete: null,
  cancelled: 'This run was cancelled. What ended before is in its parts; a new run id asks for what it left.',
  failed:
    'The records of this run do not balance with its input, so it has no _SUCCESS. Start a new run id to ask for what is missing.',
};

const IGNORED = [
  ['zero_bytes', 'of zero bytes'],
  ['folder', 'folder markers'],
  ['sidecar', 'sidecars'],
  ['excluded', 'excluded'],
  ['duplicate', 'duplicates'],
] as const;

function header(report: Report): Markup {
  return markup`<header>
    <h1>${visibleLine(report.dataset)}</h1>
    <p class="line">
      <span class="state ${report.state}">${report.state}</span><span class="key">${visibleLine(report.run_id)}</span>
      <span>${moment(report.started_at)}</span><span>took ${lasting(report.wall_seconds)}</span>
    </p>
  </header>`;
}

function noticeText({ state, window_ended: ended, totals: { unfinished } }: Report): string | null {
  if (state !== 'complete' || !ended || unfinished === 0) return NOTICES[state];
  return `The window of this run ended before ${counted(unfinished, 'task')} could be asked. The next run of the same output asks what is left.`;
}

function notice(report: Report): Fragment {
  const text = noticeText(report);
  if (text === null) return null;
  const missing = report.missing.map((name) => markup`<li class="key">${visibleLine(name)}</li>`);
  return markup`<section class="notice ${report.state}">
    <p>${text}</p>
    ${
      missing.length > 0
        ? markup`<ul>
            ${missing}
          </ul>`
        : null
    }
  </section>`;
}

function totals(report: Report): Markup {
  const sums = report.totals;
  const shown = ENDINGS.filter((ending) => ending === 'ok' || sums[ending] > 0);
  const figures = shown.map(
    (ending) =>
      markup`<div>
        <dt>${ending}</dt>
        <dd class="${ending}">${count(sums[ending])}</dd>
      </div>`,
  );
  const share = (ending: (typeof ENDINGS)[number]) => ((100 * sums[ending]) / Math.max(1, sums.expected)).toFixed(2);
  const bars = shown
    .filter((ending) => sums[ending] > 0)
    .map((ending) => markup`<i class="${ending}" style="flex:${share(ending)}"></i>`);
  const sum = ENDINGS.map((ending) => `${count(sums[ending])} ${ending}`).join(' + ');
  return markup`<section>
    <dl class="totals">
      <div>
        <dt>${sums.inputs === 1 ? 'tile' : 'tiles'}</dt>
        <dd>${count(sums.inputs)}</dd>
      </div>
      ${figures}
      <div>
        <dt>${report.jobs === 1 ? 'job' : 'jobs'} at the services</dt>
        <dd>${count(report.jobs)}</dd>
      </div>
      ${spared(report)}
    </dl>
    <div class="bar">${bars}</div>
    <p class="equation">
      ${counted(sums.inputs, 'tile')} × ${counted(sums.tasks, 'task')} = ${count(sums.expected)} expected; ${sum}, counted from
      the written parts.
    </p>
  </section>`;
}

function spared({ harvest }: Report): Markup[] {
  if (harvest.jobs === 0) return [];
  const seconds = counted(Math.round(harvest.gpu_seconds), 'GPU second');
  return [
    markup`<div>
      <dt>${harvest.jobs === 1 ? 'job' : 'jobs'} spared by earlier runs, about ${seconds}</dt>
      <dd>${count(harvest.jobs)}</dd>
    </div>`,
  ];
}

function table(heads: readonly string[], rows: readonly Markup[]): Markup {
  return markup`<div class="wide">
    <table>
      <tr>
        ${heads.map((head) => markup`<th>${head}</th>`)}
      </tr>
      ${rows}
    </table>
  </div>`;
}

function tasks(report: Report): Markup {
  const rows = report.by_task.map(
    (task) =>
      markup`<tr>
        <td><b>${task.task_id}</b><small class="text">${task.prompt}</small></td>
        <td>${task.service}</td>
        <td>${count(task.ok)}</td>
        <td>${count(task.failed)}</td>
        <td>${count(task.skipped)}</td>
      </tr>`,
  );
  return markup`<section>
    <h2>Tasks</h2>
    ${table(['asked of every tile', 'service', 'ok', 'failed', 'skipped'], rows)}
  </section>`;
}

function errors(report: Report): Fragment {
  if (report.errors.length === 0) return null;
  const cards = report.errors.map((error) => {
    const clusters = error.clusters.map(
      ({ service, text, count: times, example: { uri, message } }) =>
        markup`<li>
          <p><b>${count(times)} ×</b> ${visibleLine(text)}${service === null ? null : markup` <span class="soft">${visibleLine(service)}</span>`}</p>
          <p class="text">${message === null || message === text ? 'for example' : `for example: ${message}`}</p>
          <p class="key">${visibleLine(uri)}</p>
        </li>`,
    );
    return markup`<article class="error">
      <h3>${error.code} <span>${counted(error.count, 'record')}, class ${error.class}</span></h3>
      <p>${error.means} <span class="soft">${error.follows}</span></p>
      <ul>
        ${clusters}
      </ul>
    </article>`;
  });
  return markup`<section>
    <h2>Without an answer</h2>
    <p>By error code; messages that are nearly the same are counted as one, with an example. All of them are in errors/.</p>
    ${cards}
  </section>`;
}

function spread(of: Spread | null, say: (value: number) => string): Markup[] {
  return (['p50', 'p95', 'max'] as const).map((part) => markup`<td>${of === null ? '–' : say(of[part])}</td>`);
}

function services(report: Report): Fragment {
  if (report.services.length === 0) return null;
  const rows = report.services.map(
    (service) =>
      markup`<tr>
        <td><b>${service.service}</b><small>${service.model}</small></td>
        <td>${count(service.jobs)}</td>
        ${spread(service.latency_ms, latency)}${spread(service.attempts, count)}
      </tr>`,
  );
  const heads = ['service', 'jobs', 'answer in, median', '95 %', 'longest', 'jobs a record, median', '95 %', 'most'];
  return markup`<section>
    <h2>Services</h2>
    ${table(heads, rows)}
  </section>`;
}

function warnings(report: Report): Fragment {
  if (report.warnings.length === 0) return null;
  const rows = report.warnings.map(
    ({ text, count: times }) =>
      markup`<tr>
        <td class="text">${text}</td>
        <td>${count(times)}</td>
      </tr>`,
  );
  return markup`<section>
    <h2>Warnings</h2>
    ${table(['warning', 'records'], rows)}
  </section>`;
}

function footing(report: Report): Markup {
  const ignored = IGNORED.filter(([why]) => report.ignored[why] > 0);
  const list = ignored.map(([why, words]) => `${count(report.ignored[why])} ${words}`).join(', ');
  return markup`<footer class="page">
    <p>
      ${ignored.length > 0 ? `Not taken as input: ${list}. ` : null}Ended ${moment(report.ended_at)}. The same figures for
      programs are in report.json; checksums of every part in manifest.json.
    </p>
  </footer>`;
}

/**
 * @param thumbnails by the tile's uri; a tile without one is shown without a picture.
 * @returns report.html: one page that loads nothing and runs nothing.
 */
export function reportPage(report: Report, thumbnails: Thumbnails): string {
  const body = [header, notice, totals, tasks, (of: Report) => tilesSection(of, thumbnails), errors, services, warnings, footing];
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${visibleLine(report.dataset)} · ${visibleLine(report.run_id)}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        ${body.map((section) => section(report))}
      </body>
    </html>
`.text;
}
