import type { Allotment, Deal } from './deal.ts';
import { spokenDuration } from './duration.ts';
import { SERVICE_DEFAULTS, type Service, type ServiceFigures } from './service.ts';

/** Seconds of a typical job where a tile is 512 pixels wide (services.md section 3); for a first estimate only. */
const TYPICAL_JOB_SECONDS: Readonly<Record<string, number>> = { caption: 6, vqa: 1 };
const OTHER_JOB_SECONDS = 6;

/** What a run is going to ask. */
export interface Load {
  readonly jobsByService: Readonly<Record<string, number>>;
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}

function figureText(name: keyof ServiceFigures): string {
  const value = SERVICE_DEFAULTS[name];
  return `${name} ${value === null ? 'none' : String(value)}`;
}

function estimate(service: Service, { containers }: Allotment, jobs: number): string {
  const each = TYPICAL_JOB_SECONDS[service.name] ?? OTHER_JOB_SECONDS;
  const atOnce = containers * service.inputsPerContainer;
  const takes = spokenDuration(Math.ceil(jobs / atOnce) * each);
  return `${count(jobs, 'job')}: about ${takes} (estimate at ${each} s a job, ${atOnce} at once)`;
}

function advice(service: Service): string {
  return `${service.name} may admit more than one input at once: look for @modal.concurrent(max_inputs=…) in its code or on the platform's page, and set inputsPerContainer in the file that TILESCRIBE_SERVICES names.`;
}

function linesOf(service: Service, allotment: Allotment, jobs: number | undefined): string[] {
  const inFlight = `${service.name}: at most ${count(allotment.ceiling.jobs, 'job')} in flight on ${count(allotment.gpus, 'GPU')}`;
  const time = jobs === undefined ? '' : `; ${estimate(service, allotment, jobs)}`;
  const guessed = service.assumed.length === 0 ? '' : ` Assumed: ${service.assumed.map(figureText).join(', ')}.`;
  const first = `${inFlight}${time}.${guessed}`;
  return service.assumed.includes('inputsPerContainer') ? [first, advice(service)] : [first];
}

/**
 * What `run` prints before it starts: what is assumed of each service and what that means.
 * @param deal services without an allotment are left out: they were refused, with a reason.
 * @param load only services that it names are told about, each with the time it will take.
 * @returns at most two lines for a service.
 */
export function assumptions(services: readonly Service[], deal: Deal, load?: Load): string[] {
  return services.flatMap((service) => {
    const allotment = deal.get(service.name);
    const jobs = load?.jobsByService[service.name];
    if (allotment === undefined || (load !== undefined && jobs === undefined)) return [];
    return linesOf(service, allotment, jobs);
  });
}
