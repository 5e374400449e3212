import { Client, Connection, type WorkflowService } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { GRPC, grpcReply } from '../../adapters/temporal/failure.ts';
import { sharedServers, uniqueName } from './servers.ts';

const LOOK_EVERY_MS = 20;
const DAY_S = 86_400;
const INDEXED_AS_KEYWORD = 2;

/** A namespace of the shared server that nobody else uses, so that the product's fixed names collide with nobody's. */
export interface OwnNamespace {
  readonly namespace: string;
  readonly client: Client;
  /** For workers. */
  readonly connection: NativeConnection;
  close(): Promise<void>;
}

export interface NamespaceOptions {
  /** Keyword search attributes to register. */
  readonly searchAttributes?: readonly string[];
  /** How the client calls itself in histories. */
  readonly identity?: string;
}

async function isThere(service: WorkflowService, namespace: string): Promise<boolean> {
  try {
    await service.describeNamespace({ namespace });
    await service.listWorkflowExecutions({ namespace, pageSize: 1 });
    return true;
  } catch (error) {
    if (grpcReply(error)?.code === GRPC.notFound) return false;
    throw error;
  }
}

async function register(connection: Connection, namespace: string, searchAttributes: readonly string[]): Promise<void> {
  const service = connection.workflowService;
  await service.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: DAY_S as never } });
  while (!(await isThere(service, namespace))) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  if (searchAttributes.length === 0) return;
  const types = Object.fromEntries(searchAttributes.map((name) => [name, INDEXED_AS_KEYWORD]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: types });
}

let quiet = false;

/** Core's warnings go to standard output otherwise. */
export function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  const logging = { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } as const;
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging }, shutdownSignals: [] });
}

/** @returns a new namespace of the shared Temporal server, ready for use. */
export async function openNamespace({ searchAttributes = [], identity = 'test' }: NamespaceOptions = {}): Promise<OwnNamespace> {
  quietRuntime();
  const { address } = sharedServers().temporal;
  const namespace = uniqueName('test');
  const clientConnection = await Connection.connect({ address });
  await register(clientConnection, namespace, searchAttributes);
  const connection = await NativeConnection.connect({ address });
  const close = async (): Promise<void> => {
    await connection.close();
    await clientConnection.close();
  };
  return { namespace, connection, client: new Client({ connection: clientConnection, namespace, identity }), close };
}
