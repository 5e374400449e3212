import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * A way to a server that can be cut without the near end noticing: its connections stay open and silent, while the
 * far end sees them closed.
 */
export interface TcpProxy {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** From here on nothing comes through, and nothing new begins. */
  cut(): void;
  /** The silent connections end; new ones come through. */
  mend(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket | null;
}

function joined(near: Socket, target: string): Pair {
  const [host, port] = target.split(':');
  const far = connect(Number(port), host);
  near.pipe(far);
  far.pipe(near);
  far.on('error', () => undefined);
  return { near, far };
}

function silenced({ near, far }: Pair): Pair {
  far?.unpipe(near);
  near.unpipe().resume();
  far?.destroy();
  return { near, far: null };
}

/** @param target `host:port` */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  let pairs: Pair[] = [];
  let isCut = false;
  const server = createServer((near) => {
    near.on('error', () => undefined);
    pairs.push(isCut ? { near, far: null } : joined(near, target));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const drop = (wanted: (pair: Pair) => boolean): void => {
    for (const { near, far } of pairs.filter(wanted)) {
      near.destroy();
      far?.destroy();
    }
    pairs = pairs.filter((pair) => !wanted(pair));
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      isCut = true;
      pairs = pairs.map(silenced);
    },
    mend: () => {
      isCut = false;
      drop(({ far }) => far === null);
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      drop(() => true);
      await closed;
    },
  };
}
