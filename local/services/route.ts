import { METHOD_NOT_ALLOWED, NOT_FOUND } from './documented.ts';
import type { Call } from './faults.ts';
import type { WholeReply } from './reply.ts';

/** Which documented call a request is; `callId` is empty but for polls. */
export interface Route {
  readonly call: Call;
  readonly callId: string;
}

const ROUTES: readonly (readonly [method: string, path: RegExp, call: Call])[] = [
  ['POST', /^\/v1\/chat\/completions\/async$/u, 'submit'],
  ['GET', /^\/v1\/chat\/completions\/status\/(?<callId>[^/]+)$/u, 'poll'],
  ['POST', /^\/v1\/chat\/completions$/u, 'sync'],
  ['GET', /^\/health$/u, 'health'],
];

/** @returns the call, or the reply of the framework where there is no such path or method. */
export function routeOf(method: string, path: string): Route | WholeReply {
  const onPath = ROUTES.filter(([, pattern]) => pattern.test(path));
  const route = onPath.find(([allowed]) => allowed === method);
  if (route === undefined) return onPath.length > 0 ? METHOD_NOT_ALLOWED : NOT_FOUND;
  return { call: route[2], callId: decoded(route[1].exec(path)?.groups?.['callId'] ?? '') };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
