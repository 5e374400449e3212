import { fittingText } from './field.ts';

function addressOf(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && ['http:', 'https:'].includes(url.protocol) ? url : null;
}

function plainAddress(text: string): boolean {
  const url = addressOf(text);
  return url !== null && url.username === '' && url.password === '' && !/[?#\s]/u.test(text);
}

/** Where a service answers. */
export const BASE_URL = fittingText('https://host/path without credentials, query or fragment', plainAddress);

/** @returns origin and path of an address that {@link BASE_URL} took, without a slash at the end. */
export function baseUrlInside(text: string): string {
  const url = new URL(text);
  return (url.origin + url.pathname).replace(/\/+$/u, '');
}

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/u;

/** @returns whether an address leads to this machine and to no other. */
export function isLoopback(baseUrl: string): boolean {
  return LOOPBACK.test(new URL(baseUrl).hostname);
}

/** @returns whether what is sent to an address can be read on the way. */
export function isOpenToReaders(baseUrl: string): boolean {
  return new URL(baseUrl).protocol === 'http:' && !isLoopback(baseUrl);
}
