import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../../local/services/faults.ts';
import { OUTAGES } from '../../../local/services/outage.ts';
import { completeOptions } from '../../../local/services/options.ts';

const page = await readFile(new URL('../../../docs/simulated-services.md', import.meta.url), 'utf8');

describe('the page about the simulated services', () => {
  it.each(Object.keys(FAULTS))('describes the fault %s', (fault) => {
    expect(page).toContain(`\`${fault}\``);
  });

  it.each(OUTAGES)('describes the outage %s', (outage) => {
    expect(page.slice(page.indexOf('## Outages'))).toContain(`\`${outage}\``);
  });

  it.each(Object.keys(completeOptions('caption', {})))('describes the option %s', (option) => {
    expect(page).toContain(`\`${option}\``);
  });
});
