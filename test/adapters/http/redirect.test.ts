import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redirect, type Hop } from '../../../adapters/http/redirect.ts';

const POST: Hop = { method: 'POST', url: 'https://a.example/submit', body: '{}' };
const GET: Hop = { method: 'GET', url: 'https://a.example/status/1', body: null };

describe('a redirect', () => {
  it.each([301, 302, 303])('%i to a POST is followed as GET, without the body', (status) => {
    const next = redirect(POST, { status, location: '/wait?id=1' });
    expect(next).toEqual({ kind: 'follow', hop: { method: 'GET', url: 'https://a.example/wait?id=1', body: null } });
  });

  it.each([307, 308])('%i repeats the request as it was', (status) => {
    const next = redirect(POST, { status, location: 'again' });
    expect(next).toEqual({ kind: 'follow', hop: { ...POST, url: 'https://a.example/again' } });
  });

  it.each([301, 302, 303, 307, 308])('%i keeps a GET a GET', (status) => {
    const next = redirect(GET, { status, location: '/b' });
    expect(next).toEqual({ kind: 'follow', hop: { ...GET, url: 'https://a.example/b' } });
  });

  it.each([
    ['https://b.example/', 'https://b.example'],
    ['http://a.example/', 'http://a.example'],
    ['https://a.example:444/', 'https://a.example:444'],
    ['//b.example/x', 'https://b.example'],
    ['https://a.example@b.example/', 'https://b.example'],
    ['https://a.example:443@b.example/', 'https://b.example'],
    ['https://a.example.b.example/', 'https://a.example.b.example'],
    ['\\\\b.example/x', 'https://b.example'],
    ['/\\b.example/x', 'https://b.example'],
    ['https:\\\\b.example', 'https://b.example'],
    ['\t//b.example\n/x', 'https://b.example'],
    ['https:////b.example/', 'https://b.example'],
    ['blob:https://a.example/x', 'https://a.example'],
    ['data:text/html,x', 'data:'],
    ['file:///etc/passwd', 'file:'],
    ['javascript:alert(1)', 'javascript:'],
  ])('to %j leaves the origin and is not followed', (location, origin) => {
    expect(redirect(POST, { status: 307, location })).toEqual({ kind: 'elsewhere', origin });
  });

  it.each([
    ['https://user:word@a.example/b', '/b'],
    ['https:/b', '/b'],
    ['https:b', '/b'],
    ['https://A.EXAMPLE:443/b', '/b'],
  ])('to %j stays where it is, and nothing but a path is taken from it', (location, path) => {
    const next = redirect(GET, { status: 302, location });
    const url = next.kind === 'follow' ? new URL(next.hop.url) : null;
    expect([url?.host, url?.pathname.endsWith(path)]).toEqual(['a.example', true]);
  });

  it.each([null, 'https://', 'http://['])('that names %s is the final answer', (location) => {
    expect(redirect(GET, { status: 303, location })).toEqual({ kind: 'final' });
  });

  it.each([200, 202, 300, 304, 404, 500])('%i is no redirect', (status) => {
    expect(redirect(GET, { status, location: '/b' })).toEqual({ kind: 'final' });
  });

  it('is never followed to another origin, whatever the location says', () => {
    fc.assert(
      fc.property(fc.constantFrom(301, 302, 303, 307, 308), fc.oneof(fc.webUrl(), fc.string()), (status, location) => {
        const next = redirect(POST, { status, location });
        return next.kind !== 'follow' || new URL(next.hop.url).origin === 'https://a.example';
      }),
      { numRuns: 50 },
    );
  });
});
