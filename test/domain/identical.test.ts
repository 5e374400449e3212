import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyFold, fold } from '../../domain/fold.ts';
import { givenBy } from '../../domain/given.ts';
import { followers, isAsked, waitingFor, withAskers } from '../../domain/identical.ts';
import type { StrandState } from '../../domain/log.ts';
import { recordOf } from '../../domain/recording.ts';
import { sameRequestAs, warningKind } from '../../domain/same-request.ts';
import { begun, ended, newStrand } from '../../domain/strand.ts';
import { NO_FACTS, type TileFacts } from '../../domain/tile.ts';
import { intentOf, intents, NOW, slice, tileAt } from './strand-states.ts';
import { sha256, SUBJECT } from './subjects.ts';

const showing = (picture: string | null): TileFacts => ({ ...NO_FACTS, sent_sha256: picture });

/** A strand whose tiles show these pictures, each asked one task. */
function strandShowing(...pictures: readonly (string | null)[]): StrandState {
  return pictures.reduce(
    (state, picture, line) => begun(state, { range: 0, line, task: 'caption', tile: tileAt(line), facts: showing(picture) }, NOW),
    newStrand(0),
  );
}

const linesOf = (tasks: readonly { line: number }[]): number[] => tasks.map(({ line }) => line);
const endedAt = (state: StrandState, line: number): StrandState => ended(state, { range: 0, line, task: 'caption', code: null });

describe('tasks that ask the same of the same bytes', () => {
  it('follow the first of them; what it is owed they are not', () => {
    const state = strandShowing('sea', 'port', 'sea', 'sea');
    expect(linesOf(followers(state))).toEqual([2, 3]);
    expect(state.tasks.map(({ owedAtMs }) => owedAtMs)).toEqual([NOW, NOW, null, null]);
    expect(linesOf(waitingFor(state, { task: 'caption', facts: showing('sea') }))).toEqual([0, 2, 3]);
  });

  it('are not the same where another task is asked, or where the bytes are not known', () => {
    const state = strandShowing('sea', null, null);
    expect(isAsked(state, { task: 'count', facts: showing('sea') })).toBe(false);
    expect(followers(state)).toEqual([]);
    expect(waitingFor(state, { task: 'caption', facts: showing(null) })).toEqual([]);
  });

  it('never wait for nobody: the first is owed, and the others wait for it', () => {
    const state = withAskers(endedAt(strandShowing('sea', 'sea', 'port', 'sea'), 0), NOW + 5);
    expect(linesOf(followers(state))).toEqual([3]);
    expect(state.tasks[0]).toEqual({ ...strandShowing('sea').tasks[0], line: 1, tile: tileAt(1), owedAtMs: NOW + 5 });
    expect(withAskers(state, NOW + 9)).toBe(state);
  });

  it('ask for themselves once an intent says so, whoever reads the log', () => {
    const written = slice(3, strandShowing('sea', 'sea', 'sea'));
    const intent = intentOf(0, { line: 1, facts: showing('sea') });
    const { state } = [written, intents(4, [intent])].reduce((folded, object) => fold(folded, object, NOW), emptyFold(0));
    expect(linesOf(followers(state))).toEqual([2]);
    expect(linesOf(followers(withAskers(endedAt(state, 0), NOW)))).toEqual([2]);
  });

  it('that share what came of one are judged as one', () => {
    const judged = ended(strandShowing('sea'), { range: 0, line: 0, task: 'caption', code: 'model_error', shared: true });
    expect(judged).toMatchObject({ judged: { ended: 0, failed: 0 }, tallies: { failed: 1 }, recorded: { 0: 1 } });
  });

  it('have exactly one that is not waiting, whatever ends in whatever order', () => {
    const picture = fc.constantFrom('sea', 'port', 'field', null);
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 12 }), fc.array(fc.nat(11), { maxLength: 12 }), (pictures, endings) => {
        const state = endings.reduce((next, line) => withAskers(endedAt(next, line), NOW), strandShowing(...pictures));
        for (const name of ['sea', 'port', 'field']) {
          const open = state.tasks.filter(({ facts }) => facts.sent_sha256 === name);
          expect(open.filter(({ follows }) => follows !== true)).toHaveLength(Math.min(1, open.length));
        }
      }),
    );
  });
});

describe('a record that shares an answer', () => {
  const answer = { text: '3 ships', finishReason: 'stop', completionTokens: 2 };
  const first = recordOf(SUBJECT, { answer, callId: 'fc-1', latencyMs: 40, askedBy: 'old' }, { sha256, now: NOW });
  const other = { ...SUBJECT, tile: { ...SUBJECT.tile, key: 'tiles/2.png', etag: 'e2' }, attempts: 0 };
  const given = givenBy(first);
  const copy = given === null ? null : recordOf(other, given, { sha256, now: NOW + 60_000 });

  it('says what the answered one says, for its own tile', () => {
    const own = { key: 'tiles/2.png', uri: 's3://imagery/tiles/2.png', file_name: '2.png', etag: 'e2', attempts: 0 };
    const warnings = [...first.warnings, 'same_request_as=s3://imagery/tiles/é 1.png'];
    expect(copy).toEqual({ ...first, ...own, record_id: copy?.record_id, warnings });
    expect(copy?.record_id).not.toBe(first.record_id);
    expect(copy?.request_sha256).toMatch(/^[0-9a-f]{64}$/u);
  });

  it('names the tile that was asked, also where the answer comes from another that shares it', () => {
    expect(copy && givenBy(copy)).toEqual(given);
    expect(copy && sameRequestAs(copy)).toBe(first.uri);
    expect(copy?.warnings.map(warningKind)).toContain('same_request_as');
    expect(sameRequestAs(first)).toBeNull();
  });

  it('is none where nothing was answered', () => {
    const failed = recordOf(SUBJECT, { code: 'lost', message: 'Lost.', callId: null }, { sha256, now: NOW });
    expect(givenBy(failed)).toBeNull();
  });
});
