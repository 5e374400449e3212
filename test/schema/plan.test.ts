import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../schema/plan.ts';
import { donePlan, shownPlan } from '../support/shown-plan.ts';

function reading(document: unknown): () => unknown {
  return () => parsePlan(typeof document === 'string' ? document : JSON.stringify(document), 'The plan plan.json');
}

describe('a plan file', () => {
  it.each([
    ['with something owed', shownPlan()],
    ['with nothing owed', donePlan()],
  ])('%s is read as it was written', (_, plan) => {
    expect(reading(plan)()).toEqual(plan);
  });

  it('may say more than this version knows', () => {
    expect(reading({ ...shownPlan(), colour: 'red' })()).toEqual(shownPlan());
  });

  it('that is none says what it lacks, all at once', () => {
    const { digest: _digest, ...rest } = shownPlan();
    const { totals } = rest;
    expect(reading({ ...rest, schema_version: 2, totals: { ...totals, owed: -1 }, open_runs: 'none' })).toThrow(
      [
        'The plan plan.json has 4 mistakes:',
        '  schema_version: 2; expected 1',
        '  open_runs: "none"; expected a list of texts',
        '  totals.owed: -1; expected a whole number, at least 0',
        '  digest: missing; expected a SHA-256: 64 of 0-9 a-f',
      ].join('\n'),
    );
  });

  it('that is cut short is no JSON', () => {
    expect(reading('{"schema_version":1,')).toThrow('The plan plan.json has 1 mistake:\n  not JSON: ');
  });

  it('that is a run spec is told from a plan in one sentence', () => {
    expect(reading({ dataset: 'harbours', tasks: [{ id: 'caption', kind: 'caption' }] })).toThrow(
      'The plan plan.json is a run spec, and no plan. Run it as `tilescribe run SPEC`',
    );
  });
});
