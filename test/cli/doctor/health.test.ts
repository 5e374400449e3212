import type { RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { healthOf } from '../../../cli/doctor/health.ts';
import { serviceFindings } from '../../../cli/doctor/services.ts';
import { SERVICE_DEFAULTS, type Service } from '../../../domain/service.ts';
import { answer, startLoopback, type Loopback } from '../../support/loopback.ts';

async function service(listener: RequestListener, more: Partial<Service> = {}): Promise<Service & { server: Loopback }> {
  const server = await startLoopback(listener);
  onTestFinished(() => server.close());
  const figures = { ...SERVICE_DEFAULTS, headers: {}, insecure: false, assumed: [] };
  return { ...figures, name: 'caption', api: 'qwen-vl', model: 'm', baseUrl: server.origin, ...more, server };
}

describe('a health check', () => {
  it('sends the headers of the service', async () => {
    const known = await service(answer(200, '{"status":"ok"}'));
    expect(await healthOf(known, { 'x-key': 'k' }, 5)).toMatchObject({ healthy: true });
    expect(known.server.requests).toMatchObject([{ method: 'GET', path: '/health', headers: { 'x-key': 'k' } }]);
  });

  it.each([
    [401, 'refused', 3],
    [403, 'refused', 3],
    [404, 'unreachable', 4],
    [503, 'unreachable', 4],
  ] as const)('that is answered %i finds the service %s', async (status, kind, exit_code) => {
    const known = await service(answer(status, 'no'));
    expect((await healthOf(known, {}, 5)).kind).toBe(kind);
    const configuration = { gpus: 2, services: [known] };
    const found = await serviceFindings(configuration, { environment: {}, wake: false });
    expect(found).toContainEqual(expect.objectContaining({ check: 'service caption', outcome: 'failed', exit_code }));
  });

  it('never follows a redirect to another origin', async () => {
    const other = await service(answer(200, 'ok'));
    const known = await service(answer(307, '', { location: `${other.baseUrl}/health` }));
    expect((await healthOf(known, { 'x-key': 'k' }, 5)).message).toContain('another origin');
    expect(other.server.requests).toEqual([]);
  });

  it('says that nobody is there', async () => {
    const known = await service(answer(200, 'ok'));
    await known.server.close();
    expect(await healthOf(known, {}, 5)).toMatchObject({
      healthy: false,
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('never wakes a service whose front end holds a GPU', async () => {
    const known = await service(answer(200, 'ok'), { httpHoldsGpu: true });
    const found = await serviceFindings({ gpus: 2, services: [known] }, { environment: {}, wake: false });
    expect(found).toContainEqual(
      expect.objectContaining({ outcome: 'skipped', message: 'Not checked: would wake a GPU; --wake does so.' }),
    );
    expect(known.server.requests).toEqual([]);
  });
});
