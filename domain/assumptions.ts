import { jobPlaces, leastGpus } from './ceiling.ts';
import { deal, type Allotment } from './deal.ts';
import { spokenDuration } from './duration.ts';
import { grouped, quantity } from './quantity.ts';
import { SERVICE_DEFAULTS, type Configuration, type Service, type ServiceFigures } from './service.ts';

/** Seconds of a typical job where a tile is 512 pixels wide (services.md section 3); for a first estimate only. */
const TYPICAL_JOB_SECONDS: Readonly<Record<string, number>> = { caption: 6, vqa: 1 };
const OTHER_JOB_SECONDS = 6;

/** @returns what a job of a service takes where no run has asked it yet, s: an assumption. */
export function typicalJobSeconds(service: string): number {
  return TYPICAL_JOB_SECONDS[service] ?? OTHER_JOB_SECONDS;
}

/** What a run is going to ask. */
export interface Load {
  readonly jobsByService: Readonly<Record<string, number>>;
}

function figureText(name: keyof ServiceFigures): string {
  const value = SERVICE_DEFAULTS[name];
  return `${name} ${value === null ? 'none' : String(value)}`;
}

function estimate(service: Service, { containers }: Allotment, jobs: number): string {
  const each = typicalJobSeconds(service.name);
  const atOnce = containers * service.inputsPerContainer;
  const takes = spokenDuration(Math.ceil(jobs / atOnce) * each);
  return `${quantity(jobs, 'job', grouped)} if all are asked: about ${takes} (estimate at ${each} s a job, ${atOnce} at once)`;
}

function aloneText(service: Service, { gpus, containers, alone }: Allotment): string {
  if (alone <= containers) return '';
  const all = gpus + (alone - containers) * service.gpusPerContainer;
  return `, ${grouped(jobPlaces(service, alone))} on ${all} while every other service is idle`;
}

function lineOf(service: Service, allotment: Allotment, jobs: number | undefined): string {
  const inFlight = `${service.name}: at most ${quantity(allotment.ceiling.jobs, 'job', grouped)} in flight on ${quantity(allotment.gpus, 'GPU', grouped)}`;
  const time = jobs === undefined ? '' : `; ${estimate(service, allotment, jobs)}`;
  const guessed = service.assumed.length === 0 ? '' : ` Assumed: ${service.assumed.map(figureText).join(', ')}.`;
  return `${inFlight}${aloneText(service, allotment)}${time}.${guessed}`;
}

function turnLines(services: readonly Service[], gpus: number): string[] {
  const needed = services.reduce((sum, service) => sum + leastGpus(service), 0);
  if (needed <= gpus) return [];
  const names = services.map(({ name }) => name).join(', ');
  return [
    `${names} need ${quantity(needed, 'GPU', grouped)} together, and the cap is ${gpus}: they take turns, one idle for a scaledown window before the next begins.`,
  ];
}

/** What the operator of a service could do, by what is known of it (services.md section 2). */
const ADVICE: readonly { readonly where: (service: Service) => boolean; readonly text: (names: string) => string }[] = [
  {
    where: ({ assumed }) => assumed.includes('inputsPerContainer'),
    text: (names) =>
      `${names} may admit more than one input at once: look for @modal.concurrent(max_inputs=…) in the code or on the platform's page, and set inputsPerContainer in the file that TILESCRIBE_SERVICES names.`,
  },
  {
    // Who wrote that there is no limit has thought of it.
    where: ({ maxContainers, assumed }) => maxContainers === null && assumed.includes('maxContainers'),
    text: (names) =>
      `Nothing at the platform limits ${names}: max_containers=1 and max_inputs=S+k (S jobs run at once, a few more wait) on the job function let no mistake start a third GPU; then set maxContainers, too.`,
  },
  {
    where: ({ httpHoldsGpu }) => httpHoldsGpu,
    text: (names) =>
      `The HTTP front end of ${names} holds a GPU that does no job: take it off that function at the platform, and set httpHoldsGpu false.`,
  },
];

function adviceLines(services: readonly Service[]): string[] {
  return ADVICE.flatMap(({ where, text }) => {
    const names = services.filter(where).map(({ name }) => name);
    return names.length === 0 ? [] : [text(names.join(', '))];
  });
}

/**
 * What `run` prints before it starts: what is assumed of each service, what that means, and what would help.
 * Services that do not fit within the cap are left out: they were refused, with a reason.
 *
 * @param load only services that it names are told about, each with the time it will take.
 * @returns a line for a service, one where they take turns, and at most three of advice.
 */
export function assumptions(configuration: Configuration, load?: Load): string[] {
  const dealt = deal(configuration);
  const told = configuration.services.flatMap((service) => {
    const allotment = dealt.get(service.name);
    const jobs = load?.jobsByService[service.name];
    return allotment === undefined || (load !== undefined && jobs === undefined) ? [] : [{ service, allotment, jobs }];
  });
  const services = told.map(({ service }) => service);
  const lines = told.map(({ service, allotment, jobs }) => lineOf(service, allotment, jobs));
  return [...lines, ...turnLines(services, configuration.gpus), ...adviceLines(services)];
}
