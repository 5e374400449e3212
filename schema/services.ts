import { z } from 'zod';
import { SERVICE_APIS, type ServiceFigures } from '../domain/service.ts';
import { BASE_URL } from './base-url.ts';
import { fittingText, flag, meaning, oneOf, realNumber, strictFields, wholeNumber } from './field.ts';
import { HEADERS } from './headers.ts';
import { GPUS, REQUEST_SECONDS } from './setting.ts';

/** The services file as people write it (contract section 2). Nothing has a default here: what is left out is assumed. */

const SECONDS = realNumber({ low: 0, high: 86_400 });
const DEADLINE_SECONDS = realNumber({ low: 0.1, high: 86_400 });
const COUNT = wholeNumber({ low: 1, high: 10_000 });

/** What the GPU arithmetic and the deadlines need to know; each figure that is left out is assumed. */
const FIGURES = {
  gpusPerContainer: meaning(COUNT.exactOptional(), 'GPUs that one container holds'),
  inputsPerContainer: meaning(
    COUNT.exactOptional(),
    'inputs one container admits before the platform starts another; 1 is the only safe guess',
  ),
  maxContainers: meaning(COUNT.nullable().exactOptional(), 'a limit set at the platform; null is none'),
  scaledownSeconds: meaning(SECONDS.exactOptional(), 'how long an idle container stays'),
  timeoutSeconds: meaning(DEADLINE_SECONDS.exactOptional(), 'a job’s limit at the service'),
  coldStartSeconds: meaning(SECONDS.exactOptional(), 'how long a container takes to start'),
  httpInputs: meaning(COUNT.exactOptional(), 'submits, polls and health checks at once, over all workers'),
  httpHoldsGpu: meaning(flag().exactOptional(), 'the HTTP front end itself runs on a GPU container'),
  requestSeconds: meaning(REQUEST_SECONDS.exactOptional(), 'deadline of one HTTP request, never of a job'),
} as const satisfies Record<keyof ServiceFigures, z.ZodType>;

/** One service of the file. */
export const SERVICE_DOCUMENT = strictFields({
  api: meaning(oneOf(SERVICE_APIS).exactOptional(), 'the HTTP interface it speaks; required but for caption and vqa'),
  baseUrl: meaning(BASE_URL.exactOptional(), 'where it answers; required but where the environment says it'),
  model: meaning(
    fittingText('text that is not empty', (text) => text.trim() !== '').exactOptional(),
    'name of the model; required but for caption and vqa',
  ),
  ...FIGURES,
  headers: meaning(HEADERS.exactOptional(), 'sent with every request'),
  insecure: meaning(flag().exactOptional(), 'true allows plain http to a host that is not loopback; never together with headers'),
});
export type ServiceDocument = z.output<typeof SERVICE_DOCUMENT>;

/** The file but for its services, each of which is checked on its own. */
export const SERVICES_DOCUMENT = strictFields({
  gpus: meaning(GPUS.exactOptional(), 'the cap in GPUs, over all services together'),
  services: z.record(z.string(), z.unknown(), { error: 'an object of services by name' }).exactOptional(),
});
