// How many answers a second one CoreDNS process gives in process: message to message (the chain), wire to wire (decode,
// chain, encode), and over UDP beside its peers. kubeadm's Corefile, whose cache leaves the cluster's own domain out.
// Functions only: bench/main.ts times and prints.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Lister } from '../src/api/types.ts';
import { kubeadmCorefile } from '../src/dns/kubeadm/coredns.ts';
import { encode } from '../src/dns/message/encode.ts';
import { type Message, query } from '../src/dns/message/message.ts';
import { createDnsServer } from '../src/dns/server/server.ts';
import { addr } from '../src/net/addr.ts';
import { UDP } from '../src/net/packet.ts';
import { seeded } from '../src/sim/choices.ts';

const A = 1;
const AAAA = 28;

function serverOf(lister: Lister) {
  return createDnsServer({
    corefile: kubeadmCorefile(34, 'cluster.local'),
    minor: 34,
    environment: {
      lister,
      choices: seeded(1),
      localAddrs: [addr('10.244.0.2')],
      resolvConf: 'nameserver 8.8.8.8\n',
      synced: () => true,
      serial: () => 1,
      readFile: () => undefined,
      files: () => [],
      log: () => {},
    },
  });
}

const client = { addr: addr('10.244.1.7'), port: 40_000, proto: UDP } as const;
const exchange = () => ({ kind: 'timeout', elapsedMs: 0 }) as const;

/** Which address a Service has. */
export const oneName: readonly Message[] = [query(4711, 'web.demo.svc.cluster.local.', A)];

/** What a Pod's resolver asks for "web" and "web.demo": both families, names of the search list that do not exist. */
export const asResolversDo: readonly Message[] = [
  'web.demo.svc.cluster.local.',
  'web.demo.demo.svc.cluster.local.',
  'web.demo.svc.cluster.local.',
].flatMap((name) => [query(4711, name, A), query(4712, name, AAAA)]);

/** Names of Pods, so many that none is asked again soon: nothing that is remembered helps. */
export const manyNames: readonly Message[] = Array.from({ length: 50_000 }, (_, i) => {
  const name = `10-${i >> 12}-${(i >> 6) & 63}-${i & 63}.demo.pod.cluster.local.`;
  return query(4711, name, A);
});

/** Answers `count` questions, message to message; call what it returns to do so. */
export function dnsMessageBench(lister: Lister, questions = oneName) {
  const server = serverOf(lister);
  let at = 0;
  return (count: number): void => {
    for (let i = 0; i < count; i++) {
      const asked = questions[at] as Message;
      at = at + 1 === questions.length ? 0 : at + 1;
      const { reply } = server.answer(asked, { client, nowMs: 0, exchange });
      if (reply === null || reply.answers.length + reply.authority.length !== 1) {
        throw new Error(`no answer for ${asked.questions[0]?.name}`);
      }
    }
  };
}

/** The same, wire to wire. */
export function dnsBench(lister: Lister, questions = oneName) {
  const server = serverOf(lister);
  const wires = questions.map((asked) => encode(asked));
  let at = 0;
  return (count: number): void => {
    for (let i = 0; i < count; i++) {
      const bytes = wires[at] as Uint8Array;
      at = at + 1 === wires.length ? 0 : at + 1;
      const { reply } = server.serve(bytes, { client, nowMs: 0, exchange });
      if (reply === null || reply.length <= bytes.length) throw new Error('no answer');
    }
  };
}

export interface UdpRates {
  readonly perSecond: number;
  readonly echo: number;
  /** null: there is no coredns or no dnsperf on PATH. */
  readonly coredns: number | null;
  readonly tool: string;
}

/** Answers per second over UDP on one core, the best of `runs` runs of each peer in turn. */
export function udpRates(root: string, manifests: string, name: string, runs: number): UdpRates {
  const node = process.execPath;
  const at = (file: string) => join(root, 'dist', file);
  const pinned = (core: number) => ['taskset', '-c', String(core)];
  const load = [...pinned(1), node, at('bench/dns-load.js')];
  const serve = ['serve', '-q', '-f', manifests, '--dns', '127.0.0.1:0'];
  const ask = (argv: readonly string[]): { tool: string; perSecond: number } | null => {
    const [program = '', ...args] = [...pinned(0), ...argv];
    const env = { ...process.env, SVCSPEC_DNS_NAME: name };
    const { status, stdout } = spawnSync(program, args, { cwd: root, encoding: 'utf8', env });
    const line = stdout.split('\n').find((text) => text.startsWith('{"tool"'));
    return status === 0 && line !== undefined ? JSON.parse(line) : null;
  };
  let best: UdpRates = { perSecond: 0, echo: 0, coredns: null, tool: '' };
  for (let i = 0; i < runs; i++) {
    const own = ask([node, at('src/cli/main.js'), ...serve, '--', ...load]);
    const echo = ask([node, at('bench/dns-peer.js'), 'echo', ...load]);
    if (own === null || echo === null) throw new Error('the server or the load did not run');
    const isPerf = own.tool === 'dnsperf';
    const coredns = isPerf ? ask([node, at('bench/dns-peer.js'), 'coredns', ...load]) : null;
    best = {
      perSecond: Math.max(best.perSecond, own.perSecond),
      echo: Math.max(best.echo, echo.perSecond),
      coredns: coredns === null ? best.coredns : Math.max(best.coredns ?? 0, coredns.perSecond),
      tool: own.tool,
    };
  }
  return best;
}
