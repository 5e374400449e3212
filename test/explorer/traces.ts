import type { Rule } from './switched-off.ts';
import type { WorldOptions } from './stormy-world.ts';

/** What happens when a rule of reliability does not hold, and where the explorer looks for it. */
export interface Trace {
  readonly rule: Rule;
  readonly sentence: string;
  /** Those of reliability.md section 1 that break. */
  readonly promises: readonly string[];
  /** Faults that are likelier than usual while it is looked for, and the world in which they strike. */
  readonly where: Pick<WorldOptions, 'bias' | 'wishes'>;
  /** One that shows it. */
  readonly seed: number;
}

/** What else could go wrong with an attempt, its log and its mail does not. */
const NOTHING_ELSE = { attempt: 0, report: 0, submit: 0, order: 0, 'put intents': 0, 'put calls': 0, 'put takeover': 0 };
const ZOMBIES = { 'attempt is taken for dead': 6 };

export const TRACES: readonly Trace[] = [
  {
    rule: 'reports are ordered by takeover',
    sentence: "trace 1: a zombie's late report sets the charge of its successor to nothing",
    promises: ['P4'],
    where: { bias: { ...ZOMBIES, 'report late there': 5 }, wishes: { jobs: 1, tiles: 3 } },
    seed: 4,
  },
  {
    rule: 'reports are ordered within an attempt',
    sentence: "trace 2: a holder's own earlier report, delayed, sets its charge to nothing",
    promises: ['P4'],
    where: { bias: { 'report given up': 5, 'report twice': 5 }, wishes: { jobs: 1, tiles: 3 } },
    seed: 69,
  },
  {
    rule: 'nothing is granted during a report',
    sentence: 'trace 3: the old grant is used while its renewal is under way',
    promises: ['P4'],
    where: {
      bias: { ...NOTHING_ELSE, 'report late back': 8, 'submit answer lost': 4, 'submit refused': 8, 'get slow': 15 },
      wishes: { jobs: 3, tiles: 4, sliceSeconds: 40 },
    },
    seed: 129,
  },
  {
    rule: 'every writer has a nonce',
    sentence: 'trace 4: two attempts put the same takeover and both believe that they own it',
    promises: ['P4', 'P5'],
    where: { bias: { 'attempt has a twin': 15, 'report never there': 8 }, wishes: { jobs: 1 } },
    seed: 32,
  },
  {
    rule: 'the 5 s begin with the put',
    sentence: 'trace 5: the 5 s of a submit are counted from the late reply of its put',
    promises: ['P4'],
    where: {
      bias: { ...ZOMBIES, 'put intents late back': 16, 'submit late there': 6 },
      wishes: { jobs: 1, tiles: 2, sliceSeconds: 120 },
    },
    seed: 5,
  },
  {
    rule: 'the deadline allows for transit',
    sentence: 'trace 6: a submit hangs past a deadline that did not allow for transit',
    promises: ['P4'],
    where: { bias: { 'submit accepted late, answer lost': 10, 'submit late there': 6 } },
    seed: 20,
  },
  {
    rule: 'calls are read again',
    sentence: 'trace 7: the calls that a zombie wrote late are never read',
    promises: ['P1', 'P5'],
    where: { bias: { ...ZOMBIES, 'put calls late there': 8, 'submit late back': 6 } },
    seed: 0,
  },
  {
    rule: 'a task is lost only after its deadlines',
    sentence: 'trace 8: a task is lost while a zombie is about to write its call',
    promises: ['P1'],
    where: { bias: { ...ZOMBIES, 'submit late back': 6, 'submit never accepted': 6 } },
    seed: 3,
  },
  {
    rule: 'whoever lost the strand fails',
    sentence: 'trace 9: a loser that was counted on ends well, and nobody goes on',
    promises: ['P1'],
    where: { bias: { 'attempt has a twin': 12, 'attempt starts late': 6 }, wishes: { tiles: 1 } },
    seed: 8,
  },
  {
    rule: 'a doubt is told before its place is used',
    sentence: 'trace 10: a place is used again before its doubt was reported',
    promises: ['P4'],
    where: { bias: { 'submit answer lost': 4 } },
    seed: 1,
  },
  {
    rule: 'a job stays charged when its task has ended',
    sentence: 'trace 11: a task ends, and its second job is forgotten',
    promises: ['P4'],
    where: { bias: { 'submit answer lost': 4 }, wishes: { jobs: 3, tiles: 4, sliceSeconds: 15 } },
    seed: 31,
  },
  {
    rule: 'what never ran is no doubt',
    sentence: 'trace 12: submits that never left or were refused count as doubts',
    promises: ['P1'],
    where: { bias: { 'submit busy': 8, 'attempt dies at a point': 6, 'put intents late back': 8 } },
    seed: 3,
  },
  {
    rule: 'a request is asked once',
    sentence: 'tiles with the same picture are each asked',
    promises: ['P5'],
    where: { wishes: { pictures: 1, tiles: 4 } },
    seed: 0,
  },
];
