// `svcspec serve`: the cluster's DNS for real clients, until it is told to stop or the command after -- ends. A
// Kubernetes API, exec and a web page belong to later versions.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { InputError } from '../../api/input-error.ts';
import { parseListenAddress } from '../../serve/address.ts';
import { type DnsListener, listenDns } from '../../serve/dns-server.ts';
import { LiveCluster } from '../../serve/live-cluster.ts';
import { openCluster } from '../open.ts';
import { type CommonOptions, type Io, later, oneOf } from '../options.ts';

export interface ServeOptions extends CommonOptions {
  readonly dns?: string;
  readonly from?: string;
  readonly frozen: boolean;
  readonly api?: string | true;
  readonly web?: string | true;
  readonly output: string;
}

export async function serve(
  command: readonly string[],
  options: ServeOptions,
  io: Io,
): Promise<number> {
  const format = oneOf('output format', options.output, ['text', 'json']);
  if (options.api !== undefined) throw later('serve --api');
  if (options.web !== undefined) throw later('serve --web');
  if (options.dns === undefined) {
    throw new InputError('usage', '--dns ADDRESS:PORT is needed', {
      hint: '--dns 127.0.0.1:5353; a Kubernetes API and a web page belong to later versions',
    });
  }
  const where = parseListenAddress(options.dns);
  const cluster = await openCluster(options, io);
  const { from, frozen, quiet, verbose } = options;
  if (from !== undefined) cluster.machinesOf(from);
  const live = new LiveCluster(cluster, {
    ...(from === undefined ? {} : { from }),
    frozen,
    now: () => performance.now(),
    note: (line) => {
      if (verbose) io.err(`no answer: ${line}\n`);
    },
  });
  const stop = stopSignal();
  const listener = await listenDns(where, live);
  const { address } = listener;
  const silent = from === undefined ? live.silence() : null;
  if (silent !== null) io.err(`nobody will be answered: ${silent}\n`);
  const line =
    format === 'json'
      ? JSON.stringify({ dns: address, from: from ?? null, frozen, pid: process.pid })
      : `DNS on ${address} (UDP and TCP); Ctrl-C stops`;
  if (command.length === 0) io.out(`${line}\n`);
  else if (!quiet) io.err(`${line}\n`);
  try {
    return await (command.length === 0 ? stop : ended(command, listener, stop));
  } finally {
    await listener.close();
  }
}

/** SIGINT or SIGTERM; a second one ends the process as usual. */
function stopSignal(): Promise<0> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve(0));
    process.once('SIGTERM', () => resolve(0));
  });
}

/** The status of a command that finds the server in its environment; told to stop, it is told too. */
function ended(
  [name = '', ...args]: readonly string[],
  { host, port }: DnsListener,
  stop: Promise<0>,
): Promise<number> {
  const env = { ...process.env, SVCSPEC_DNS_ADDRESS: host, SVCSPEC_DNS_PORT: String(port) };
  const child = spawn(name, args, { env, stdio: 'inherit' });
  void stop.then(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', ({ message }) => {
      reject(new InputError('usage', `cannot run "${name}": ${message}`));
    });
    child.once('exit', (status) => resolve(status ?? 1));
  });
}
