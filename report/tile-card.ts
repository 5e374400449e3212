import { counted } from './words.ts';
import { type Fragment, markup, type Markup, visibleLine } from './markup.ts';
import type { Report } from './report.ts';
import type { Sample, SampleAnswer } from './sample.ts';

/** What a browser shows of what preparation makes. */
export const THUMBNAIL_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;

/** A small picture of a tile. */
export interface Thumbnail {
  readonly mime: (typeof THUMBNAIL_TYPES)[number];
  readonly base64: string;
}

/** By the tile's uri. */
export type Thumbnails = ReadonlyMap<string, Thumbnail>;

type Asked = Report['by_task'][number];

function spoken(answer: SampleAnswer): Fragment {
  if (answer.text === null) return markup`<span class="soft">no answer: ${answer.error_code ?? 'none'}</span>`;
  const parsed =
    answer.value === null || answer.value === answer.text.trim() ? null : markup`<span class="value">${answer.value}</span>`;
  return markup`${answer.text}${parsed}`;
}

function answerRow(answer: SampleAnswer, asked: Asked | undefined): Markup {
  const question = asked === undefined || asked.kind === 'caption' ? answer.task_id : asked.prompt;
  return markup`<dt>${question}</dt>
    <dd class="text ${asked?.kind ?? 'caption'}">${spoken(answer)}</dd>`;
}

function picture(thumbnail: Thumbnail | undefined): Fragment {
  return thumbnail === undefined ? null : markup`<img alt="" src="data:${thumbnail.mime};base64,${thumbnail.base64}">`;
}

function card(sample: Sample, report: Report, thumbnail: Thumbnail | undefined): Markup {
  const rows = sample.answers.map((answer) =>
    answerRow(
      answer,
      report.by_task.find((task) => task.task_id === answer.task_id),
    ),
  );
  return markup`<article class="card">
    ${picture(thumbnail)}
    <dl>${rows}</dl>
    <footer class="key">${visibleLine(sample.uri)}</footer>
  </article>`;
}

/** @returns a card for every sample tile; nothing where the run has no answers. */
export function tilesSection(report: Report, thumbnails: Thumbnails): Fragment {
  if (report.samples.length === 0) return null;
  const cards = report.samples.map((sample) => card(sample, report, thumbnails.get(sample.uri)));
  return markup`<section>
    <h2>What the models said</h2>
    <p>
      ${counted(report.samples.length, 'tile')} from across the run, with all that was answered about them. Texts are the models'
      own and are not checked.
    </p>
    <div class="tiles">${cards}</div>
  </section>`;
}
