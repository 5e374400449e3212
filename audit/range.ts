import { PATHS } from '../domain/layout.ts';
import { compareRecords, missingName } from '../domain/merge-order.ts';
import type { TileRecord } from '../domain/record.ts';
import { mayLackRecords, type Frozen, type Part, type RunManifest } from '../domain/run.ts';
import type { Tile } from '../domain/tile.ts';
import { RECORD } from '../schema/record.ts';
import { TILE } from '../schema/tile-line.ts';
import { understood } from './line.ts';
import { mergedRecords, type Placed } from './merged-records.ts';
import { measuredOtherwise, PartLines, type Reading } from './part-lines.ts';
import type { Recount } from './recount.ts';
import type { RecordRules } from './record-faults.ts';
import { Roll, type PlacedTile } from './roll.ts';
import type { Sources } from './sources.ts';

/** A run under audit: what its ranges are read with and measured by. */
export interface Proof extends Reading {
  readonly manifest: RunManifest;
  /** Null where `_work/` was removed. */
  readonly frozen: Frozen | null;
  readonly rules: RecordRules;
  readonly tasks: readonly string[];
  readonly recount: Recount;
  /** Null where sources are not looked at. */
  readonly sources: Sources | null;
  /** Told now and then that it goes on. */
  readonly goesOn: () => void;
}

/** One range with what there is of it. */
export interface RangeParts {
  readonly range: number;
  /** manifest/part-n is there. */
  readonly frozenPart: boolean;
  /** Parts with records that are there and that manifest.json names. */
  readonly parts: readonly Part[];
}

function say({ differences }: Proof, path: string): (found: string | null) => void {
  return (found) => {
    if (found !== null)
      differences.add({ kind: 'part_changed', path, line: null, message: `has ${found}, as manifest.json says.` });
  };
}

/** The records of one part; what is none is told and left out. */
async function* recordsOf(proof: Proof, part: Part): AsyncGenerator<Placed> {
  const { differences, rules, recount } = proof;
  const { path } = part;
  const folder = path.slice(0, path.indexOf('/'));
  const lines = new PartLines(proof, path);
  let last: TileRecord | null = null;
  for await (const { line, text } of lines.read()) {
    proof.goesOn();
    const said = understood(RECORD, text);
    if ('problem' in said) {
      differences.add({ kind: 'not_a_record', path, line, message: said.problem });
      continue;
    }
    const record: TileRecord = said.value;
    recount.add(record);
    for (const fault of rules.faults(record, folder)) differences.add({ ...fault, path, line });
    const late: boolean = last !== null && compareRecords(record, last) < 0;
    if (late && last !== null)
      differences.add({ kind: 'order', path, line, message: `${missingName(record)} stands behind ${missingName(last)}.` });
    else last = record;
    yield { record, path, line, late };
  }
  const found = lines.measured();
  recount.bytes += found.bytes;
  say(proof, path)(measuredOtherwise(part, found));
}

/** The tiles of a part of the frozen input. */
async function* tilesOf(proof: Proof, range: number): AsyncGenerator<PlacedTile> {
  const { differences, frozen, recount } = proof;
  const lines = new PartLines(proof, PATHS.manifestPart(range));
  const { path } = lines;
  let last: Tile | null = null;
  for await (const { line, text } of lines.read()) {
    const said = understood(TILE, text);
    recount.inputs += 1;
    if ('problem' in said) {
      differences.add({ kind: 'input_changed', path, line, message: said.problem });
      continue;
    }
    const tile: Tile = said.value;
    if (last !== null && compareRecords({ ...tile, task_id: '' }, { ...last, task_id: '' }) <= 0)
      differences.add({
        kind: 'order',
        path,
        line,
        message: `${tile.bucket}/${tile.key} does not come after the line before it.`,
      });
    last = tile;
    yield { tile, path, line };
  }
  const said = frozen?.ranges[range];
  const found = said === undefined ? null : measuredOtherwise(said, lines.measured());
  if (found !== null)
    differences.add({ kind: 'input_changed', path, line: null, message: `has ${found}, as _work/frozen.json says.` });
}

/** Records without tiles to compare them with. */
async function alone(proof: Proof, { range, parts }: RangeParts): Promise<void> {
  const path = PATHS.manifestPart(range);
  const message = `is not there, so nothing shows whether range ${range} has all its records.`;
  proof.differences.add({ kind: 'input_changed', path, line: null, message });
  for (const part of parts) for await (const _record of recordsOf(proof, part));
}

/** Proves one range: its parts line by line, and every task of every tile called up once. @throws ObjectStoreError */
export async function auditRange(proof: Proof, range: RangeParts): Promise<void> {
  if (!range.frozenPart) return alone(proof, range);
  const { manifest, differences, tasks, rules, sources } = proof;
  const terms = { tasks, partial: mayLackRecords(manifest), inputPath: PATHS.manifestPart(range.range) };
  const records = mergedRecords(range.parts.map((part) => recordsOf(proof, part)));
  const roll = new Roll(records, terms, differences);
  try {
    for await (const placed of tilesOf(proof, range.range)) {
      const found = await roll.call(placed);
      for (const { record, path, line } of found)
        for (const fault of rules.tileFaults(record, placed.tile)) differences.add({ ...fault, path, line });
      await sources?.look(
        placed.tile,
        found.map(({ record }) => record),
        placed,
      );
    }
    await roll.end();
  } finally {
    await records.return(undefined);
  }
}
