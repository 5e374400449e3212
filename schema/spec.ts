import { differences } from '../domain/difference.ts';
import type { Configuration } from '../domain/service.ts';
import { SPEC_MAX_BYTES, TASK_KINDS, type RunSpec, type TaskSpec } from '../domain/spec.ts';
import { check, refuseMistakes, type Mistake } from './mistake.ts';
import { dateMistakes, undated } from './date-templates.ts';
import { SPEC_DOCUMENT, type SpecDocument } from './spec-document.ts';
import { checkTasks, mistakesBetweenFields } from './spec-rules.ts';
import { inputInside, outputInside } from './uri.ts';

const SPEC = { kind: 'InvalidSpec', what: 'The run spec' } as const;

function tooLarge(text: string, what: string): Mistake[] {
  const { length } = new TextEncoder().encode(text);
  if (length <= SPEC_MAX_BYTES) return [];
  const problem = `${what} ${length} bytes; expected at most ${SPEC_MAX_BYTES}. Name the tiles by prefix or in an object of their own, and shorten the prompts`;
  return [{ path: [], problem }];
}

/** @returns what is wrong with a document in the place where it is used. */
export type SpecRule = (document: unknown) => readonly Mistake[];

const startedByHand: SpecRule = (document) =>
  undated(document, '; start it by a schedule, with --date YYYY-MM-DD, or with "at" beside "spec"');

function runSpec(document: SpecDocument, tasks: readonly TaskSpec[]): RunSpec {
  return {
    dataset: document.dataset,
    input: { ...document.input, uri: inputInside(document.input.uri) },
    output: { ...document.output, uri: outputInside(document.output.uri) },
    tasks,
    image: document.image,
    priority: document.priority,
    failures: document.failures,
    ...(document.all === true ? { all: true } : {}),
    ...(document.retry === undefined ? {} : { retry: document.retry }),
    ...(document.window === undefined ? {} : { window: document.window }),
  };
}

/**
 * @param rule what else has to hold where the document is used.
 * @returns the spec with every default filled in; `input.uri` ends in `/` or names an object, `output.uri` ends in `/`.
 * @throws Failure `InvalidSpec` that lists every mistake: the field, what was found, what was expected.
 */
export function parseSpec(document: unknown, rule: SpecRule = startedByHand): RunSpec {
  refuseMistakes(tooLarge(JSON.stringify(document) ?? '', 'The document is'), SPEC);
  const whole = check(SPEC_DOCUMENT, document);
  const { tasks, mistakes } = checkTasks(document);
  const between = [...mistakesBetweenFields(document, tasks), ...dateMistakes(document), ...rule(document)];
  refuseMistakes([...whole.mistakes, ...mistakes, ...between], SPEC);
  if (whole.value === null) throw new TypeError('a document without mistakes has a value');
  const spec = runSpec(
    whole.value,
    tasks.map(({ task }) => task),
  );
  refuseMistakes(tooLarge(JSON.stringify(specDocument(spec)), 'With its defaults filled in the document is'), SPEC);
  return spec;
}

function taskDocument({ prompt, answer, ...task }: TaskSpec): object {
  return task.kind === 'vqa' ? { ...task, question: prompt, answer } : { ...task, prompt };
}

/** @returns the document of the contract (section 1) with defaults filled in, as run.json holds it. */
export function specDocument(spec: RunSpec): object {
  return { ...spec, tasks: spec.tasks.map(taskDocument) };
}

/** @returns the fields in which two specs ask something else; what is of one start alone, as the priority is, counts nothing. */
export function specDifferences(one: RunSpec, other: RunSpec): string[] {
  const [left, right] = [one, other].map(({ window: _window, ...asked }) => specDocument({ ...asked, priority: 'nightly' }));
  return differences(left, right);
}

/**
 * Checks that every task's service is configured and speaks the API of the task's kind.
 * @throws Failure `InvalidSpec`.
 */
export function requireServices(spec: RunSpec, configuration: Configuration): void {
  const names = configuration.services.map(({ name }) => name);
  const mistakes = spec.tasks.flatMap((task, at): Mistake[] => {
    const path = ['tasks', at, 'service'];
    const service = configuration.services.find(({ name }) => name === task.service);
    const { api } = TASK_KINDS[task.kind];
    if (service === undefined) {
      const known = names.length === 0 ? 'no service is' : `configured: ${names.join(', ')}`;
      const how = Object.hasOwn(TASK_KINDS, task.service) ? `set ${task.service.toUpperCase()}_BASE_URL or ` : '';
      return [
        {
          path,
          problem: `"${task.service}" is not configured (${known}); ${how}add it to the file that TILESCRIBE_SERVICES names`,
        },
      ];
    }
    if (service.api === api) return [];
    return [{ path, problem: `"${task.service}" speaks ${service.api}; a ${task.kind} task needs a service that speaks ${api}` }];
  });
  refuseMistakes(mistakes, SPEC);
}
