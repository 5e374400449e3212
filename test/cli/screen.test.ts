import { describe, expect, it } from 'vitest';
import { fitted } from '../../cli/screen.ts';
import { recordedScreen } from '../support/recorded-screen.ts';

describe('a screen', () => {
  it('writes lines to standard output and notes to standard error', () => {
    const { screen, stdout, stderr } = recordedScreen();
    screen.line('a result');
    screen.note('a word');
    expect([stdout(), stderr()]).toEqual(['a result\n', 'a word\n']);
  });

  it('under --json leaves standard output to one object', () => {
    const { screen, stdout, stderr } = recordedScreen({ json: true });
    screen.line('for people');
    screen.result({ run_id: 'a' });
    expect([stdout(), stderr()]).toEqual(['{"run_id":"a"}\n', 'for people\n']);
  });

  it('prints the object only under --json', () => {
    const { screen, stdout } = recordedScreen();
    screen.result({ run_id: 'a' });
    expect(stdout()).toBe('');
  });

  it('redraws live lines on a terminal, and takes them away before a line that stays', () => {
    const { screen, stdout } = recordedScreen({ terminal: true });
    screen.live(['one', 'two']);
    screen.live(['three']);
    screen.line('stays');
    expect(stdout()).toBe('one\ntwo\n\u001B[2A\r\u001B[Jthree\n\u001B[1A\r\u001B[Jstays\n');
  });

  it('has no live lines in a pipe', () => {
    const { screen, stdout } = recordedScreen();
    screen.live(['one']);
    expect(stdout()).toBe('');
  });

  it.each([
    [{ terminal: true }, true],
    [{ terminal: false }, false],
    [{ terminal: true, environment: { NO_COLOR: '1' } }, false],
    [{ terminal: true, environment: { TERM: 'dumb' } }, false],
  ])('with %j colours are %j', (options, coloured) => {
    expect(recordedScreen(options).screen.paint.red('x') !== 'x').toBe(coloured);
  });
});

it('a live line is cut to the width of the terminal, its colours kept', () => {
  expect(fitted('\u001B[1mabcdef\u001B[0m', 4)).toBe('\u001B[1mabc\u001B[0m');
  expect(fitted('abc', 10)).toBe('abc');
});
