/** What one folder may import and may not, as code; several rows where a folder has several sentences. */
export interface Direction {
  readonly folder: string;
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
  /** The start of the sentence a forbidden import is answered with. */
  readonly says: string;
}

/** An import of a value, as code. */
export const from = (specifier: string): string => `import { a } from '${specifier}'; console.log(a);`;
export const typeFrom = (specifier: string): string => `import type { A } from '${specifier}'; export type B = A;`;
export const everyKind = (specifier: string): string[] => [
  from(specifier),
  typeFrom(specifier),
  `export * from '${specifier}';`,
  `export const a = await import('${specifier}');`,
];
