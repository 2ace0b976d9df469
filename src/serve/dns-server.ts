// DNS over UDP and TCP on one address and port. Port 0: TCP takes one that is free, UDP the same; another is tried when
// somebody has that one. Closing stops listening at once and cuts connections off.
import type { Socket } from 'node:dgram';
import { createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { InputError } from '../api/input-error.ts';
import { type ListenAddress, listenText } from './address.ts';
import { serveConnection } from './dns-tcp.ts';
import { serveDatagrams, udpSocket } from './dns-udp.ts';
import type { LiveCluster } from './live-cluster.ts';

export interface DnsListener {
  /** Where it listens: "127.0.0.1:5353". */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const attemptsMax = 10;

/** Throws InputError usage when the address cannot be had. */
export async function listenDns(where: ListenAddress, live: LiveCluster): Promise<DnsListener> {
  for (let attempt = 1; ; attempt++) {
    const tcp = createServer({ allowHalfOpen: true, pauseOnConnect: false });
    const open = new Set<TcpSocket>();
    tcp.on('connection', (socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      serveConnection(socket, live);
    });
    const udp = udpSocket(where.family);
    try {
      const port = await listenTcp(tcp, where);
      await bindUdp(udp, where, port);
      serveDatagrams(udp, live);
      udp.on('error', () => {});
      live.start();
      const close = async (): Promise<void> => {
        live.stop();
        for (const socket of open) socket.destroy();
        await Promise.all([closed(tcp), closed(udp)]);
      };
      return { address: listenText(where, port), host: where.host, port, close };
    } catch (error) {
      await Promise.all([closed(tcp), closed(udp)]);
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!(taken && where.port === 0 && attempt < attemptsMax)) throw refusal(where, error);
    }
  }
}

function listenTcp(tcp: Server, { host, port, family }: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen({ host, port, ipv6Only: family === 4 }, () => {
      tcp.off('error', reject);
      const address = tcp.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function bindUdp(udp: Socket, { host }: ListenAddress, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    udp.once('error', reject);
    udp.bind({ address: host, port }, () => {
      udp.off('error', reject);
      resolve();
    });
  });
}

function closed(one: { close(done: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    try {
      one.close(() => resolve());
    } catch {
      // It never listened.
      resolve();
    }
  });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'ports under 1024 need more rights',
  EADDRNOTAVAIL: 'this machine has no such address',
};

function refusal(where: ListenAddress, error: unknown): InputError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const text = `cannot listen on ${listenText(where, where.port)}: ${reasons[code] ?? message}`;
  return new InputError('usage', text, { hint: 'port 0 takes one that is free' });
}
