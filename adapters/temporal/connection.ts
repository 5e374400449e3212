import { Connection, Client, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Failure } from '../../domain/failure.ts';
import { firstLine } from '../../domain/redaction.ts';

/** What a worker's native connection takes of the same configuration. */
export type NativeOptions = Pick<ConnectionOptions, 'tls' | 'metadata'> & { readonly address: string; readonly apiKey?: string };

function nativeOptionsOf({ tls, metadata, apiKey }: ConnectionOptions, address: string): NativeOptions {
  return {
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(typeof apiKey === 'string' ? { apiKey } : {}),
  };
}

/** Where a Temporal server is, from its own environment variables and profiles. */
export interface TemporalAddress {
  readonly connectionOptions: ConnectionOptions;
  /** The same for a worker's connection. */
  readonly nativeOptions: NativeOptions;
  readonly address: string;
  readonly namespace: string;
}

/** A busy machine may need that, too. */
const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_ADDRESS = 'localhost:7233';

const LONGEST_REASON = 200;

/** A parser shows the lines around a mistake, and there stands the API key. */
function reasonOf(error: unknown): string {
  const said = firstLine(error instanceof Error ? error.message : String(error), LONGEST_REASON);
  const { line } = Object(error) as { readonly line?: unknown };
  return typeof line === 'number' ? `${said} (line ${line})` : said;
}

/** @throws Failure InvalidConfiguration where the environment or the profile cannot be read. */
export function temporalAddress(): TemporalAddress {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig();
    const address = connectionOptions.address ?? DEFAULT_ADDRESS;
    const nativeOptions = nativeOptionsOf(connectionOptions, address);
    return { connectionOptions: { ...connectionOptions, address }, nativeOptions, address, namespace: namespace ?? 'default' };
  } catch (error) {
    throw new Failure(
      'InvalidConfiguration',
      `Temporal's configuration cannot be read: ${reasonOf(error)}. See TEMPORAL_ADDRESS, TEMPORAL_PROFILE and TEMPORAL_CONFIG_FILE.`,
      {
        cause: error,
      },
    );
  }
}

/** A connected client; whoever opened it closes its connection. @throws Failure Unreachable where nobody answers. */
export async function connectTemporal(): Promise<Client> {
  const { connectionOptions, address, namespace } = temporalAddress();
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS });
    return new Client({ connection, namespace });
  } catch (error) {
    throw new Failure(
      'Unreachable',
      `No Temporal server answers at ${address}. Start one with \`tilescribe local up\`, or set TEMPORAL_ADDRESS to yours (\`tilescribe doctor\` checks it).`,
      { cause: error },
    );
  }
}
