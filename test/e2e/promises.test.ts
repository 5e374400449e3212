import { describe, expect, test } from 'vitest';
import { NEW_TASK, type Intent } from '../../domain/log.ts';
import type { Run } from '../../domain/run.ts';
import { NO_FACTS } from '../../domain/tile.ts';
import type { JournalEvent } from '../../local/services/journal.ts';
import { completeOptions } from '../../local/services/options.ts';
import { gpuFaults, type Figures } from './gpu-promise.ts';
import { jobFaults, type Asked } from './job-promise.ts';
import type { LogObject } from './log-reader.ts';
import { pictureCanaries, secrecyFaults, SECRET_VALUE } from './secrecy.ts';

const OPTIONS = { inputsPerContainer: 8, scaledownSeconds: 2 };
const FIGURES: Figures = { caption: completeOptions('caption', OPTIONS), vqa: completeOptions('vqa', OPTIONS) };

let atMs = 0;

function events(service: string, name: JournalEvent['event'], count: number): JournalEvent[] {
  return Array.from({ length: count }, () => ({ at_ms: (atMs += 1), service, event: name, pool: 'jobs' }));
}

/** So many jobs about one picture. */
function jobs(count: number): JournalEvent[] {
  return events('caption', 'accepted', count).map((event) => ({ ...event, sent_sha256: 'ab', prompt: 'What?' }));
}

const RUN = { spec: { tasks: [{ id: 'c', prompt: 'What?' }] } } as unknown as Run;
const HEAD = { kind: 'intents', n: 1, nonce: 'x', began_at_ms: 0, deadline_at_ms: 0 } as unknown as LogObject['head'];
const INTENT = {
  i: 0,
  range: 0,
  line: 0,
  task: 'c',
  facts: { ...NO_FACTS, sent_sha256: 'ab' },
  history: NEW_TASK,
} as unknown as Intent;
const ACCEPTED = { i: 0, outcome: 'accepted', call_id: 'fc-1', at_ms: 0 } as const;

function asked(objects: readonly Partial<LogObject>[]): Asked {
  const log = objects.map((object, at): LogObject => ({
    n: at + 1,
    head: HEAD,
    intents: [INTENT],
    calls: [ACCEPTED],
    ...object,
  }));
  return { run: RUN, logs: new Map([['caption', [log]]]) };
}

describe('what checks the promises finds', () => {
  test('a third GPU, also one that is held for a window after its job is done', () => {
    const both = [...events('caption', 'accepted', 8), ...events('vqa', 'accepted', 8)];
    expect(gpuFaults(both, FIGURES, 2)).toEqual([]);
    expect(gpuFaults([...both, ...events('vqa', 'accepted', 1)], FIGURES, 2)).toHaveLength(1);
    const gone = [...events('caption', 'accepted', 9), ...events('caption', 'finished', 9), ...events('vqa', 'accepted', 1)];
    expect(gpuFaults(gone, FIGURES, 2)).toHaveLength(1);
  });

  test('a GPU of a front end that requests are open at', () => {
    const front = { ...FIGURES, caption: completeOptions('caption', { ...OPTIONS, httpHoldsGpu: true, httpInputs: 10 }) };
    const open = events('caption', 'request_open', 11).map((event): JournalEvent => ({ ...event, pool: 'http' }));
    expect(gpuFaults(open, FIGURES, 1)).toEqual([]);
    expect(gpuFaults(open, front, 1)).toHaveLength(1);
  });

  test('a job that neither a doubt nor a failure explains', () => {
    expect(jobFaults(jobs(1), [asked([{}])])).toEqual([]);
    expect(jobFaults(jobs(2), [asked([{}, {}])])).toMatchObject([expect.stringContaining('P5')]);
    expect(jobFaults(jobs(2), [asked([{ calls: [] }, {}])])).toEqual([]);
    const again = { ...INTENT, history: { ...NEW_TASK, digests: ['d1'] } };
    expect(jobFaults(jobs(2), [asked([{}, { intents: [again] }])])).toEqual([]);
    expect(jobFaults(jobs(1), [])).not.toEqual([]);
  });

  test('a tile that was asked more than three times', () => {
    const doubtful = Array.from({ length: 4 }, () => ({ calls: [] }));
    expect(jobFaults(jobs(4), [asked(doubtful)])).toMatchObject([expect.stringContaining('P6')]);
  });

  test('a secret, and a picture wherever it begins in base64', () => {
    const picture = Uint8Array.from({ length: 48 }, (_, n) => n * 5);
    const canaries = pictureCanaries(picture);
    const texts = [SECRET_VALUE, Buffer.from(SECRET_VALUE).toString('base64'), 'Traceback (most recent call last)'];
    const around = [0, 1, 2].map((n) => Buffer.concat([Buffer.alloc(n, 7), picture, Buffer.alloc(4, 9)]).toString('base64'));
    for (const text of [...texts, ...around])
      expect(secrecyFaults([{ where: 'a log', text: `before ${text} after` }], canaries)).not.toEqual([]);
    expect(secrecyFaults([{ where: 'a log', text: 'nothing of the kind' }], canaries)).toEqual([]);
  });
});
