import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyFold, fold, inherited, type Folded, type LogObject } from '../../domain/fold.ts';
import type { CallLine, StrandState } from '../../domain/log.ts';
import { ambiguousJobs, ended, knownJobs, settled } from '../../domain/strand.ts';
import {
  acceptedLine,
  intentOf,
  intents,
  jobsAt,
  notSentLine,
  NOW,
  refusedLine,
  slice,
  strandWith,
  takeover,
  taskAt,
} from './strand-states.ts';

const folded = (objects: readonly LogObject[], from: Folded = emptyFold(0)): Folded =>
  objects.reduce((so, object) => fold(so, object, NOW), from);
const successor = (...objects: readonly LogObject[]): StrandState => inherited(folded(objects), NOW + 1);

it('a slice of an earlier version knows no fingerprints and no window of failures; both begin empty', () => {
  const { fingerprints: _fingerprints, judged: _judged, ...before } = strandWith(0);
  const old = { ...before, judged: { ended: 7, failed: 2 } } as unknown as StrandState;
  expect(folded([slice(1, old)]).state).toMatchObject({ fingerprints: [], judged: { ended: 7, failed: 2, latest: '' } });
});

const outcomes = fc.constantFrom<((i: number) => CallLine) | null>(
  acceptedLine,
  notSentLine,
  (i) => refusedLine(i, { counted: true, digest: 'd' }),
  (i) => refusedLine(i, { counted: false, digest: null }),
  null,
);
/** A log: takeovers, intents with some of their calls, and slices of what came before them. */
const log = fc.array(
  fc.oneof(fc.constant('takeover' as const), fc.constant('slice' as const), fc.array(outcomes, { minLength: 1, maxLength: 4 })),
  {
    maxLength: 12,
  },
);

function objectsOf(parts: readonly ('takeover' | 'slice' | readonly (((i: number) => CallLine) | null)[])[]): LogObject[] {
  const objects: LogObject[] = [];
  for (const [at, part] of parts.entries()) {
    const n = at + 1;
    if (part === 'takeover') objects.push(takeover(n));
    else if (part === 'slice') objects.push(slice(n, folded(objects).state));
    else {
      const lines = part.flatMap((line, i) => line?.(i) ?? []);
      objects.push(
        intents(
          n,
          part.map((_, i) => intentOf(i, { line: 10 * n + i })),
          lines,
        ),
      );
    }
  }
  return objects;
}

describe('a log', () => {
  it('that is empty says that nothing has begun', () => {
    expect(emptyFold(3)).toMatchObject({ n: 0, slice: 0, state: { cursor: { range: 3, line: 0 }, tasks: [] } });
  });

  it('says the same from its last slice on as from its beginning', () => {
    fc.assert(
      fc.property(log, (parts) => {
        const objects = objectsOf(parts);
        const last = objects.findLastIndex(({ head }) => head.kind === 'slice');
        expect(folded(objects.slice(Math.max(0, last)))).toEqual(folded(objects));
      }),
    );
  });

  it('says the same where slices in between are left out', () => {
    fc.assert(
      fc.property(log, (parts) => {
        const objects = objectsOf(parts);
        const without = objects.filter(({ head }) => head.kind !== 'slice');
        expect(folded(without).state).toEqual(folded(objects).state);
      }),
    );
  });

  it('says the same when its calls are read twice', () => {
    fc.assert(
      fc.property(log, (parts) => {
        const objects = objectsOf(parts);
        const { state } = folded(objects);
        const again = objects.reduce(
          (next, object) =>
            'calls' in object
              ? object.calls.reduce((so, line) => settled(so, { ref: { n: object.head.n, i: line.i }, line, now: NOW }), next)
              : next,
          state,
        );
        expect(again).toEqual(state);
      }),
    );
  });

  it('forgets no intent: each is a job, in doubt, owed again, or in a later slice', () => {
    fc.assert(
      fc.property(log, (parts) => {
        const objects = objectsOf(parts);
        const { state } = folded(objects);
        const lines = objects.flatMap((object) => ('intents' in object ? object.intents.map(({ line }) => line) : []));
        for (const line of lines) expect(taskAt(state, line).jobs.length > 0 || taskAt(state, line).owedAtMs === NOW).toBe(true);
      }),
    );
  });

  it('is plain JSON in its slices', () => {
    fc.assert(
      fc.property(log, (parts) => {
        const { state } = folded(objectsOf(parts));
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it('ends where its last object is, and knows its last slice', () => {
    expect(folded([takeover(1), slice(2, strandWith()), takeover(3), intents(4, [intentOf(0)])])).toMatchObject({
      n: 4,
      slice: 2,
    });
  });
});

describe('a successor', () => {
  it('finds in doubt what its predecessor left without a word, and may ask it once more', () => {
    const state = successor(takeover(1), intents(2, [intentOf(0), intentOf(1)], [acceptedLine(0)]));
    expect(knownJobs(state)).toMatchObject([{ n: 2, i: 0, callId: 'fc-0' }]);
    expect(ambiguousJobs(state)).toMatchObject([{ n: 2, i: 1 }]);
    expect(taskAt(state, 1)).toMatchObject({ owedAtMs: NOW + 1, history: { ambiguous: 1, attempts: 1 } });
  });

  it('does not doubt again what a slice already called in doubt', () => {
    const before = successor(takeover(1), intents(2, [intentOf(0)]));
    const state = successor(slice(3, before), takeover(4));
    expect(taskAt(state, 0).history.ambiguous).toBe(1);
    expect(ambiguousJobs(state)).toHaveLength(1);
  });

  it('charges nothing for intents that were not sent or were refused', () => {
    const calls = [
      notSentLine(0),
      refusedLine(1, { counted: true, digest: 'd' }),
      refusedLine(2, { counted: false, digest: null }),
    ];
    const state = successor(intents(1, [intentOf(0), intentOf(1), intentOf(2)], calls));
    expect([...ambiguousJobs(state), ...knownJobs(state)]).toEqual([]);
    expect([0, 1, 2].map((line) => taskAt(state, line).history.attempts)).toEqual([0, 1, 0]);
  });

  it('charges an intent that never left no more when another has replaced it', () => {
    const replacing = intentOf(0, { replaces: { n: 1, i: 0 } });
    const state = successor(intents(1, [intentOf(0)]), intents(2, [replacing]));
    expect(jobsAt(state, 0)).toMatchObject([{ n: 2, i: 0 }]);
  });

  it('keeps both jobs of a task that went out beside a submit in doubt, and asks for neither again', () => {
    const second = intentOf(0, { history: { ...intentOf(0).history, attempts: 2, ambiguous: 1 } });
    const state = successor(intents(1, [intentOf(0)]), intents(2, [second]));
    expect(jobsAt(state, 0)).toHaveLength(2);
    expect(taskAt(state, 0).owedAtMs).toBeNull();
  });

  it('collects the second job of a task that has its record', () => {
    const recorded = ended(successor(intents(1, [intentOf(0)], [acceptedLine(0)])), {
      range: 0,
      line: 0,
      task: 'caption',
      code: null,
    });
    expect(knownJobs(successor(slice(2, recorded), takeover(3)))).toMatchObject([{ callId: 'fc-0' }]);
  });

  it('counts a submit in doubt once, however many successors inherit it', () => {
    const objects = [intents(1, [intentOf(0)]), takeover(2), takeover(3), takeover(4)];
    expect(taskAt(successor(...objects), 0).history.ambiguous).toBe(1);
  });

  it('counts a submit in doubt once, also where the history of a later intent says so', () => {
    const second = intentOf(0, { history: { ...intentOf(0).history, attempts: 2, ambiguous: 1 } });
    const state = successor(intents(1, [intentOf(0)]), intents(2, [second], [acceptedLine(0)]));
    expect(taskAt(state, 0).history.ambiguous).toBe(1);
  });

  it('does not forget a doubt of a slice because a later submit was answered', () => {
    const before = slice(2, successor(intents(1, [intentOf(0)])));
    const second = intentOf(0, { history: { ...intentOf(0).history, attempts: 2, ambiguous: 1 } });
    const state = successor(before, intents(3, [second], [acceptedLine(0)]));
    expect(taskAt(state, 0).history.ambiguous).toBe(1);
  });
});

it('a word that came late clears a doubt, although the next intent was written by somebody who did not know', () => {
  const again = intentOf(0, { history: { ...intentOf(0).history, attempts: 2, ambiguous: 1 } });
  const doubtful = successor(slice(1, strandWith(0)), intents(2, [intentOf(0)], []), intents(4, [again], []));
  expect(taskAt(doubtful, 0).history).toMatchObject({ attempts: 2, ambiguous: 2 });
  const cleared = successor(slice(1, strandWith(0)), intents(2, [intentOf(0)], [notSentLine(0)]), intents(4, [again], []));
  expect(taskAt(cleared, 0).history).toMatchObject({ attempts: 1, ambiguous: 1 });
});
