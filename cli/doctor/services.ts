import { leastGpus } from '../../domain/ceiling.ts';
import { verdict } from '../../domain/deal.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import { isLoopback } from '../../schema/base-url.ts';
import { resolveHeaders } from '../../schema/headers.ts';
import { examined, failed, type Finding, ok, skipped, warning } from './finding.ts';
import { type Health, healthOf } from './health.ts';
import { underLease } from './health-lease.ts';

/** How the services are checked. */
export interface ServiceCheck {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Services whose front end holds a GPU are woken, too. */
  readonly wake: boolean;
}

const ASLEEP_SECONDS = 20;

const FIXES: Readonly<Record<Exclude<Health['kind'], 'well'>, { readonly fix: string; readonly exit_code: number }>> = {
  refused: { fix: 'Set its headers in the file that TILESCRIBE_SERVICES names, with values from the environment.', exit_code: 3 },
  unreachable: { fix: 'Check its baseUrl, and that it is deployed; a service in a cold start may take minutes.', exit_code: 4 },
};

function healthFinding(check: string, { kind, message }: Health): Finding {
  return kind === 'well' ? ok(check, message) : failed(check, { message, ...FIXES[kind] });
}

async function health(service: Service, configuration: Configuration, { environment, wake }: ServiceCheck): Promise<Finding> {
  const check = `service ${service.name}`;
  if (service.httpHoldsGpu && !wake) return skipped(check, 'Not checked: would wake a GPU; --wake does so.');
  return examined(check, 'Start a worker (`tilescribe worker`), and check the service and its headers.', async () => {
    const headers = resolveHeaders(service, environment);
    const ask = (seconds: number) => healthOf(service, headers, seconds);
    const seen = service.httpHoldsGpu
      ? await underLease(service, configuration, () => ask(service.requestSeconds))
      : await ask(wake ? service.requestSeconds : ASLEEP_SECONDS);
    return healthFinding(check, seen);
  });
}

/** @returns a warning where anybody who knows the address may use the service and read what it keeps. */
export function openFinding(service: Service): Finding[] {
  if (Object.keys(service.headers).length > 0 || isLoopback(service.baseUrl)) return [];
  const message = `No header protects ${service.name}: anybody who knows ${service.baseUrl} can submit jobs and read results, which it keeps for 7 days.`;
  const fix = 'Require authentication at the platform, and set headers in the file that TILESCRIBE_SERVICES names.';
  return [warning(`access ${service.name}`, message, fix)];
}

/** @returns a warning where a GPU does nothing but answer HTTP requests. */
export function frontEndFinding({ name, httpHoldsGpu, gpusPerContainer }: Service): Finding[] {
  if (!httpHoldsGpu) return [];
  const message = `The HTTP front end of ${name} holds GPUs (${gpusPerContainer}) that do no job; each request keeps them, a health check as well.`;
  const fix = 'Take the GPU off that function at the platform, and set httpHoldsGpu false in the services file.';
  return [warning(`front end ${name}`, message, fix)];
}

function fitText({ gpus, services }: Configuration): string {
  const needed = services.reduce((sum, service) => sum + leastGpus(service), 0);
  if (needed <= gpus) return `The services fit into ${gpus} GPUs.`;
  return `Each service fits into ${gpus} GPUs, all of them need ${needed}: they take turns.`;
}

/** @returns whether every service can run within the cap, alone if not with the others. */
export function budgetFinding(configuration: Configuration): Finding {
  const possible = verdict(configuration);
  if (possible.ok) return ok('budget', fitText(configuration));
  const fix = 'Change the services file, or the cap (TILESCRIBE_GPUS).';
  return failed('budget', { message: possible.refused, fix, exit_code: 2 });
}

/** Checks every configured service. */
export async function serviceFindings(configuration: Configuration, options: ServiceCheck): Promise<Finding[]> {
  const { services } = configuration;
  if (services.length === 0) return [];
  const checked = await Promise.all(services.map((service) => health(service, configuration, options)));
  return [budgetFinding(configuration), ...checked, ...services.flatMap(frontEndFinding), ...services.flatMap(openFinding)];
}
