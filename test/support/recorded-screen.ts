import { createScreen, type Screen } from '../../cli/screen.ts';

/** A screen whose two streams are kept. */
export interface RecordedScreen {
  readonly screen: Screen;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

export interface RecordedOptions {
  readonly terminal?: boolean;
  readonly json?: boolean;
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export function recordedScreen({
  terminal = false,
  json = false,
  columns = 80,
  environment = {},
}: RecordedOptions = {}): RecordedScreen {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    isTTY: terminal,
    columns,
    write: (text: string) => void (written[name] += text),
  });
  const screen = createScreen({ stdout: stream('stdout'), stderr: stream('stderr'), environment, json });
  return { screen, stdout: () => written.stdout, stderr: () => written.stderr };
}
