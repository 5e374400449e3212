/** Text that is HTML already; made only by {@link markup}, so that no other text can claim to be. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold; everything but {@link Markup} is escaped. */
export type Fragment = Markup | string | number | null | readonly Fragment[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** C0 without line feed and tab, DEL, C1; what turns the direction of text; what is not seen (but the joiners, which some scripts need); lone surrogates. */
const UNSEEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}\uD800-\uDFFF]/gu;

function spelled(character: string): string {
  return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** @returns the text with characters that cannot be seen, or that change how others are seen, as `[U+202E]`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, spelled);
}

/** @returns one line: like {@link visible}, with line breaks, tabs and joiners shown too. For keys. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t\u200C\u200D]/gu, spelled);
}

function render(fragment: Fragment): string {
  if (fragment === null) return '';
  if (fragment instanceof Markup) return fragment.text;
  if (typeof fragment === 'object') return fragment.map((inner) => render(inner)).join('');
  return visible(String(fragment)).replace(/[&<>"'`]/gu, (mark) => ESCAPES[mark] ?? '');
}

/**
 * HTML with every value escaped, safe in text and in quoted attributes. Values must not stand in style, script, an
 * unquoted attribute or an address.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Fragment[]): Markup {
  return new Markup(parts.map((part, at) => part + render(values[at] ?? null)).join(''));
}
