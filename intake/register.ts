import { createHash } from 'node:crypto';
import { jsonOf } from '../activities/read-object.ts';
import { intakeRegisterAt, registerIdText } from '../domain/intake-batch.ts';
import { claimName, EMPTY_REGISTER, registerText, type Claim, type IntakeRegister } from '../domain/intake-register.ts';
import { Failure } from '../domain/failure.ts';
import { s3Uri, type S3Location } from '../domain/layout.ts';
import type { RunSpec } from '../domain/spec.ts';
import { parseIntakeRegister } from '../schema/intake-register.ts';
import { lookAt } from './look.ts';
import { UNFROZEN_EVERY_MS, type Table } from './table.ts';
import { readTileList } from './tile-list.ts';
import { trackedRun, type TrackedRun } from './tracked-run.ts';

/** The register of open runs of events, as an intake reads and replaces it. */

/** A register as it was read. */
export interface ReadRegister {
  readonly register: IntakeRegister;
  /** Null where there is none yet. */
  readonly etag: string | null;
}

function placeOf(spec: RunSpec): S3Location {
  return intakeRegisterAt(spec, createHash('sha256').update(registerIdText(spec)).digest('hex'));
}

function parsed(bytes: Uint8Array, uri: string): IntakeRegister {
  try {
    return parseIntakeRegister(jsonOf(bytes, uri), uri);
  } catch (error) {
    const remedy = 'Remove it once no run of events of this output is open, and start the intake again.';
    throw new Failure('Internal', `${uri} is not as tilescribe writes it. ${remedy}`, { cause: error });
  }
}

/** @returns the register, or an empty one. @throws Failure `Internal` where it is damaged; ObjectStoreError */
export async function readRegister({ ports, settings }: Table): Promise<ReadRegister> {
  const at = placeOf(settings.spec);
  const there = await ports.pointers.read(at);
  if (there === null) return { register: EMPTY_REGISTER, etag: null };
  return { register: parsed(there.bytes, s3Uri(at)), etag: there.etag };
}

/** @returns whether it is the register now: nobody has replaced it since it was read. @throws ObjectStoreError */
export async function replaceRegister({ ports, settings }: Table, { register, etag }: ReadRegister): Promise<boolean> {
  const bytes = Buffer.from(registerText(register));
  return (await ports.pointers.replace(placeOf(settings.spec), bytes, etag)) === 'switched';
}

/** @returns null where it has ended, or nobody knows its tiles: its list was removed. */
async function foundRun(table: Table, claim: Claim): Promise<TrackedRun | null> {
  const { ports, settings } = table;
  if ((await lookAt(table, claim.runId)) === 'ended') return null;
  const tiles = await readTileList(ports.store, { outputUri: settings.spec.output.uri, runId: claim.runId });
  if (tiles === null) return null;
  // Whoever claims a run starts it next.
  return trackedRun(claim, tiles, { own: false, entries: [], lookAtMs: ports.clock.monotonicMs() + UNFROZEN_EVERY_MS });
}

/** Keeps an eye on every run of the register: those of other intakes, and of this one before it was started again. */
export async function trackClaims(table: Table, { claims }: IntakeRegister): Promise<void> {
  const names = new Set(claims.map(claimName));
  table.ended = new Set([...table.ended].filter((name) => names.has(name)));
  const known = new Set(table.runs.map(({ claim }) => claim));
  for (const claim of claims.filter((one) => !known.has(claimName(one)) && !table.ended.has(claimName(one)))) {
    const found = await foundRun(table, claim);
    if (found === null) table.ended.add(claimName(claim));
    else table.runs = [...table.runs, found];
  }
}
