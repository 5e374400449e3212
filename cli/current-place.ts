import { Failure } from '../domain/failure.ts';
import { inOutput, OUTPUT_PATHS, parseS3Uri, s3Uri, type RunPlace } from '../domain/layout.ts';
import { forTerminal } from '../domain/terminal.ts';
import { runFolder } from './run-output.ts';

export const OUTPUT_ARGUMENT = 's3://bucket/prefix/ as output.uri of the runs has it, or s3://bucket/prefix/current/';

const CURRENT = /(^|\/)current\/$/u;

/** @returns whether a text is the address of a current view: `s3://…/current/`. */
export function namesView(text: string): boolean {
  return CURRENT.test(`${parseS3Uri(text)?.key ?? ''}/`.replace(/\/+$/u, '/')) && runFolder(text) === null;
}

/** @param text `s3://bucket/prefix/`, or the address of its current view. @throws Failure `InvalidSpec` where it is neither */
export function outputPlace(text: string): RunPlace {
  const at = parseS3Uri(text);
  if (at === null || runFolder(text) !== null) {
    const shown = forTerminal(text);
    throw new Failure(
      'InvalidSpec',
      `${shown} is not the address of an output; expected s3://bucket/prefix/, which holds run=<id>/.`,
    );
  }
  const folder = at.key === '' || at.key.endsWith('/') ? at.key : `${at.key}/`;
  return { bucket: at.bucket, prefix: folder.replace(CURRENT, '$1') };
}

/** @returns `s3://…/current/` */
export function viewUri(output: RunPlace): string {
  return s3Uri(inOutput(output, OUTPUT_PATHS.current));
}
