import { clamp } from '../../domain/units.ts';
import type { StrandRanges } from '../../domain/cursor.ts';
import { followers, MOST_FOLLOWERS } from '../../domain/identical.ts';
import { beginTile } from './ending.ts';
import type { Session } from './session.ts';
import type { Drawn } from './supply.ts';

const AHEAD = { least: 24, most: 64 } as const;
/** This many tiles, and not one that could be read: the input refuses us, whatever the service does. */
const ALL_DENIED = 20;
const ACTIONS = {
  listed: 'Mend that for all of them, then `tilescribe resume`; no tile was given up.',
  unlisted:
    'Mend that for all of them, then `tilescribe cancel` and run again: they were refused already when the list of this run was made, so that it has no etags of them.',
};

/** Tiles that were denied while none has been readable yet. */
export class Denials {
  readonly held: Drawn[] = [];
}

/** Keeps tiles prepared ahead of what the grant can send. */
export function stockUp(session: Session): void {
  const { supply, holder, halt, stop, scene, windowOver } = session;
  const target = clamp(2 * (holder.reply?.granted.jobs ?? 0), AHEAD.least, AHEAD.most);
  if (halt !== null || stop !== 'no' || windowOver || scene.mode !== 'work') return;
  if (supply.exhausted || supply.naming || supply.coming >= target) return;
  session.beginAside(async () => {
    const coming = await supply.advance();
    if (coming === null) return;
    stockUp(session);
    await supply.prepare(coming);
  });
}

function owed(session: Session): number {
  return session.state.tasks.filter(({ owedAtMs }) => owedAtMs !== null).length;
}

/** The strand's state grows with each tile that waits for another's answer. */
function crowded(session: Session): boolean {
  return followers(session.state).length >= MOST_FOLLOWERS;
}

/** Begins tiles that are ready, as many as there are places for. */
export function drawTiles(session: Session, denials: Denials, ranges: StrandRanges): void {
  while (session.halt === null && !session.windowOver && owed(session) < Math.max(1, session.free) && !crowded(session)) {
    const drawn = session.supply.draw();
    if (drawn === null) break;
    if (!session.state.readable && !drawn.prepared.ok && drawn.prepared.code === 'denied') hold(session, denials, drawn);
    else readable(session, denials, { drawn, ranges });
  }
  if (session.halt === null && session.supply.exhausted && session.supply.coming === 0) release(session, denials, ranges);
}

function readable(session: Session, denials: Denials, of: { drawn: Drawn; ranges: StrandRanges }): void {
  session.state = { ...session.state, readable: true };
  release(session, denials, of.ranges);
  beginTile(session, of.drawn, of.ranges);
}

function release(session: Session, denials: Denials, ranges: StrandRanges): void {
  for (const drawn of denials.held.splice(0)) beginTile(session, drawn, ranges);
}

function hold(session: Session, denials: Denials, drawn: Drawn): void {
  denials.held.push(drawn);
  if (denials.held.length < ALL_DENIED || drawn.prepared.ok) return;
  const isListed = denials.held.every(({ tile }) => tile.etag !== null);
  session.halt = {
    code: 'credentials',
    message: `S3 refused the first ${ALL_DENIED} tiles, the last of them so: ${drawn.prepared.message}`,
    action: ACTIONS[isListed ? 'listed' : 'unlisted'],
    blind: false,
  };
}
