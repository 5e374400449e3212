import { expect, it } from 'vitest';
import { sharp } from '../../../adapters/sharp/codecs.ts';
import { isOutOfTime } from '../../../adapters/sharp/unrenderable.ts';

it('a picture that libvips gave up for time is told from one that it cannot read', async () => {
  const endless = sharp({ create: { width: 4_000, height: 4_000, channels: 3, background: 'red' } }).median(51);
  const late: unknown = await endless
    .timeout({ seconds: 1 })
    .raw()
    .toBuffer()
    .catch((error: unknown) => error);
  const unread: unknown = await sharp(Buffer.from('no picture'))
    .raw()
    .toBuffer()
    .catch((error: unknown) => error);
  expect([late, unread].map(isOutOfTime)).toEqual([true, false]);
});
