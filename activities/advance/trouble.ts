import type { Session } from './session.ts';

/** What a reply says of the service as a whole. */
export interface Sign {
  /** It cannot be reached, or says nothing but 503. */
  readonly trouble: boolean;
  /** The reply says neither: it was cut off or late. */
  readonly silent: boolean;
  readonly said: string;
}

/** Keeps since when a service has been in trouble, and halts its lane when that has lasted too long. */
export function noteService(session: Session, { trouble, silent, said }: Sign): void {
  if (silent) return;
  if (!trouble) {
    session.state = { ...session.state, troubleSinceMs: null };
    session.reason = null;
    return;
  }
  const { service, unreachableMs } = session.scene;
  const since = session.state.troubleSinceMs ?? session.now;
  session.state = { ...session.state, troubleSinceMs: since };
  const seen = `${service.baseUrl}: ${said.replace(/\.$/u, '')}`;
  const haltsAt = new Date(since + unreachableMs).toISOString();
  session.reason = `${service.name}: ${seen}; check the address. Waiting; halts at ${haltsAt}`;
  if (session.now - since < unreachableMs) return;
  session.halt ??= {
    code: 'unreachable',
    message: `${seen}, for ${Math.round(unreachableMs / 1_000)} s`,
    action: `See whether ${service.baseUrl} is up and can be reached from the workers (\`tilescribe doctor\`), then \`tilescribe resume\`.`,
    blind: false,
  };
}
