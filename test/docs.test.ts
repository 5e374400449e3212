import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cliPage } from '../cli/page.ts';
import { configurationPage, errorsPage, recordsPage, specPage } from '../schema/pages.ts';

const PAGES = { spec: specPage, configuration: configurationPage, records: recordsPage, errors: errorsPage, cli: cliPage };

/** `npm run docs` writes the pages; without it they are only compared. */
const WRITES = process.env['UPDATE_DOCS'] === '1';

describe('the reference pages', () => {
  it.each(Object.entries(PAGES))('docs/%s.md says what the code decides (npm run docs writes it)', (name, page) => {
    const file = new URL(`../docs/${name}.md`, import.meta.url);
    if (WRITES) writeFileSync(file, page());
    expect(readFileSync(file, 'utf8')).toBe(page());
  });
});
