import { parseS3Uri, type S3Location } from './layout.ts';
import { holdsSecret } from './shown-address.ts';

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/u;
const HTTPS = /^https:\/\/([^/?#]+)\/([^?#]+)$/u;
/** `bucket.s3.eu-west-1.amazonaws.com`, and the same without a bucket or a region, dual-stack, and in China. */
const S3_HOST =
  /^(?:(?<bucket>[a-z0-9][a-z0-9.-]*[a-z0-9])\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d+)?\.amazonaws\.com(?:\.cn)?$/u;

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** A folder is no object. A signature is no part of a key, and whoever has it may read what it was made for. */
function place(bucket: string, key: string | null): S3Location | null {
  if (bucket === '' || key === null || key === '' || key.endsWith('/') || holdsSecret(key)) return null;
  return { bucket, key };
}

function fromHttps(href: string): S3Location | null {
  const [, host = '', path = ''] = HTTPS.exec(href) ?? [];
  const found = S3_HOST.exec(host);
  if (found === null) return null;
  const { bucket } = found.groups ?? {};
  if (bucket !== undefined) return place(bucket, decoded(path));
  const slash = path.indexOf('/');
  return slash < 0 ? null : place(path.slice(0, slash), decoded(path.slice(slash + 1)));
}

/** `.` and `..` are steps, as in any link; a step above the bucket is none. */
function joined(folder: string, href: string): string | null {
  const steps = folder === '' ? [] : folder.split('/');
  for (const step of href.split('/')) {
    if (step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return null;
  }
  return steps.join('/');
}

/**
 * @param href of a link or an asset: `s3://bucket/key`, an https address of S3 without a query, or relative to `from`.
 *   Only an https address is percent-decoded: writers of catalogs put keys into the others as they are.
 * @param from the document that holds it.
 * @returns the object; null where the address is of no object in S3.
 */
export function resolveHref(href: string, from: S3Location): S3Location | null {
  const s3 = parseS3Uri(href);
  if (s3 !== null) return place(s3.bucket, s3.key);
  if (SCHEME.test(href) || href.startsWith('//')) return fromHttps(href);
  if (href.startsWith('/')) return place(from.bucket, href.slice(1));
  const folder = from.key.slice(0, Math.max(0, from.key.lastIndexOf('/')));
  return place(from.bucket, joined(folder, href));
}

/**
 * @param expected which addresses there may be.
 * @returns what an address is that {@link resolveHref} takes for none of an object.
 */
export function noObject(href: string, from: S3Location, expected: string): string {
  if (href.endsWith('/') && resolveHref(`${href}object`, from) !== null) return 'is a folder; expected the object in it';
  const [plain = ''] = href.split(/[?#]/u, 1);
  if (plain !== href && resolveHref(plain, from) !== null) return 'has a query; expected it without';
  return `is not in S3; expected ${expected}, s3://, or an https address of S3 without a query`;
}
