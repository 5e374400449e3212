import { accessSync, constants } from 'node:fs';
import { expect, it } from 'vitest';

/** npm makes it executable only when it first links the package; `npx tilescribe` after a second build needs it, too. */
it('what `npm run build` makes of the command can be executed', () => {
  const command = new URL('../../dist/cli/index.js', import.meta.url);
  expect(() => accessSync(command, constants.X_OK)).not.toThrow();
});
