/**
 * Addresses from outside, as errors, logs, histories and reports quote them: one that is signed, or that has a password
 * in it, is a key to what it names.
 */

const LONGEST_ADDRESS = 200;
const LONGEST_NAME = 60;

/** What lets anybody in who has it: presigned addresses of AWS and Google, SAS of Azure, tokens. */
const SECRET_NAME =
  '(?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token)|(?:[a-z]+[_-])?token|api[_-]?key|awsaccesskeyid|googleaccessid|password|secret)';
const EQUALS = '(?:=|%3D)';
const SECRET_PARAMETER = new RegExp(String.raw`((?:[?&#;@]|%3F|%26|%23)${SECRET_NAME}${EQUALS})[^&\s"'<>]*`, 'giu');
const SIGNED = new RegExp(String.raw`(?:[?&#;]|%3F|%26|%23)${SECRET_NAME}${EQUALS}.`, 'isu');
const QUERY = /(?:[?#]|%3F|%23).*$/isu;

/** What may be an address in a text. */
const WORD = /[^\s"'<>]+/gu;
const ENDS_SENTENCE = /[.,;:)\]}]/u;
const S3_SCHEME = /(?<![a-z0-9+.-])s3$/iu;
const PASSWORD = /:\/\/[^/@:]*:[^/@]*@/u;
const USER_INFO = /:\/\/[^/\s"]*@/gu;
/** A password with a slash in it. */
const NO_PORT = /:\/\/[^\s"/?#@:[\]…]+:(?!\d+\b)[^\s"]+/gu;
const DATA_URI = /^data:/iu;
const AUTHORITY = /^([a-z][a-z0-9+.-]*:)?\/\/([^/?#\\]*)(.*)$/isu;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** @returns whether an address, of whatever kind, has a signature, a token or a password in it. */
export function holdsSecret(address: string): boolean {
  return PASSWORD.test(address) || SIGNED.test(QUERY.exec(address)?.[0] ?? '');
}

/** Keys of S3 may hold `?` and `#`; no other address is left with what stands behind them. */
function withoutQuery(word: string): string {
  const from = word.indexOf('://');
  if (from < 0 || S3_SCHEME.test(word.slice(0, from))) return word;
  const end = from + word.slice(from).search(/[?#]./u);
  if (end < from) return word;
  const last = word.slice(-1);
  return `${word.slice(0, end + 1)}…${ENDS_SENTENCE.test(last) ? last : ''}`;
}

/** @returns any text with the addresses in it shown without user, password, query and token. */
export function withPlainAddresses(text: string): string {
  return text.replace(USER_INFO, '://…@').replace(NO_PORT, '://…').replace(WORD, withoutQuery).replace(SECRET_PARAMETER, '$1…');
}

/** @returns text on one line, with every character that a terminal would obey and not show as its number. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (found) => String.raw`\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** @returns text of at most `longest` characters. */
export function short(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Of an address that lacks its scheme. */
function withoutBareUser(address: string): string {
  const [head = ''] = address.split(/[/?#]/u, 1);
  const at = head.lastIndexOf('@');
  return head.slice(0, Math.max(0, at)).includes(':') ? `…${address.slice(at)}` : address;
}

function withoutUser(address: string): string {
  const [, scheme = '', authority = '', rest = ''] = AUTHORITY.exec(address) ?? [];
  if (authority === '') return withoutBareUser(address);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  // A password may hold a slash, and then what looks like the host is none.
  const torn = /:(?!\d+$)/u.test(host.replace(/^\[[^\]]*\]/u, '')) || (host.includes(':') && rest.includes('@'));
  if (torn) return `${scheme}//…`;
  return `${scheme}//${host === authority ? '' : '…@'}${host}${rest}`;
}

/** @returns an address as it is quoted: in quotation marks, without user, password, query and fragment, and not long. */
export function shownAddress(address: string, longest = LONGEST_ADDRESS): string {
  if (DATA_URI.test(address)) return '"data:…"';
  const plain = withPlainAddresses(
    withoutUser(address.trim()).replace(QUERY, (query) => `${query.startsWith('%') ? query.slice(0, 3) : query.charAt(0)}…`),
  );
  return printable(JSON.stringify(short(plain, longest)));
}

/** @returns a name that somebody else gave, as it is quoted: on one line and not long. */
export function shownName(name: string, longest = LONGEST_NAME): string {
  return printable(short(withPlainAddresses(name), longest));
}
