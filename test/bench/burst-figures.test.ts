import { describe, expect, it } from 'vitest';
import { burstOf, type PutObject } from '../../bench/burst-events.ts';
import { burstFigures, burstTable, type Burst } from '../../bench/burst-figures.ts';
import { readEventMessage } from '../../schema/object-event.ts';

function objects(count: number): PutObject[] {
  return Array.from({ length: count }, (_, n) => ({ key: `tiles/${n}.jpg`, eTag: 'a', size: 9 }));
}

const BURST: Burst = {
  objects: 3,
  messages: 8,
  runs: 2,
  startedAtMs: 1_000,
  takenInAtMs: 5_000,
  endedAtMs: 7_500,
  records: [
    { key: 'tiles/0.jpg', takenOver: false },
    { key: 'tiles/1.jpg', takenOver: false },
    { key: 'tiles/1.jpg', takenOver: true },
  ],
  events: [],
};

describe('a burst of events', () => {
  it('has every object, and every twentieth twice, in disorder', () => {
    const bodies = burstOf(objects(40));
    expect(bodies).toHaveLength(42);
    expect(new Set(bodies).size).toBe(40);
    expect(bodies).not.toEqual(bodies.toSorted());
    const keys = bodies.map((body) => {
      const message = readEventMessage(body);
      return message.kind === 'events' ? message.events[0]?.key : null;
    });
    expect(new Set(keys)).toEqual(new Set(objects(40).map(({ key }) => key)));
  });

  it('is lossless where every object has a record, and single where none is asked by two runs', () => {
    expect(burstFigures(BURST, {})).toEqual({
      messages: 8,
      tiles: 2,
      runs: 2,
      lost: 1,
      doubled: 0,
      takenOver: 1,
      jobs: 0,
      gpus: 0,
      takenIn: 4,
      complete: 6.5,
      messagesPerSecond: 2,
    });
    const twice = { ...BURST, records: BURST.records.map(({ key }) => ({ key, takenOver: false })) };
    expect(burstFigures(twice, {})).toMatchObject({ doubled: 1, takenOver: 0 });
  });

  it('is told with a row for every figure', () => {
    expect(burstTable(burstFigures(BURST, {})).split('\n')).toHaveLength(2 + 11);
  });
});
