/** What a redirect is decided on. */
export interface RedirectReply {
  readonly status: number;
  readonly location: string | null;
}

/** A request without its headers: they are the same on every hop, and never leave the origin. */
export interface Hop {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body: string | null;
}

/** `elsewhere`: the origin that was named; nothing may be sent there. */
export type Redirect =
  | { readonly kind: 'final' }
  | { readonly kind: 'follow'; readonly hop: Hop }
  | { readonly kind: 'elsewhere'; readonly origin: string };

type Again = 'as_get' | 'as_it_was';

/** 301 and 302 to a POST are followed as GET, as every browser does. */
const REDIRECTS: Readonly<Record<number, Again>> = {
  301: 'as_get',
  302: 'as_get',
  303: 'as_get',
  307: 'as_it_was',
  308: 'as_it_was',
};

function target(location: string | null, from: string): URL | null {
  return location !== null && URL.canParse(location, from) ? new URL(location, from) : null;
}

/** A `blob:` address has the origin of what is written behind it, and is no address of a server. */
function stays(from: string, to: URL): boolean {
  const { origin, protocol } = new URL(from);
  return to.origin === origin && to.protocol === protocol;
}

/** @returns what follows a reply; a redirect that names no place it can be followed to is final. */
export function redirect(from: Hop, reply: RedirectReply): Redirect {
  const again = REDIRECTS[reply.status];
  const to = again === undefined ? null : target(reply.location, from.url);
  if (to === null) return { kind: 'final' };
  if (!stays(from.url, to)) return { kind: 'elsewhere', origin: to.origin === 'null' ? to.protocol : to.origin };
  const url = to.href;
  return { kind: 'follow', hop: again === 'as_get' ? { method: 'GET', url, body: null } : { ...from, url } };
}
