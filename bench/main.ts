// Measures the rows of the speed table and prints one JSON line each: the best of seven runs, with its floor (an empty
// process, empty steps) measured in the same run. It measures and does not judge: it always exits 0. `--quick` makes
// three runs. A row that cannot be measured here says why.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNetfilter } from '../src/netfilter/kernel.ts';
import { demo, demoText, forkAndConnect, town } from './demo.bench.ts';
import {
  asResolversDo,
  dnsBench,
  dnsMessageBench,
  manyNames,
  oneName,
  udpRates,
} from './dns.bench.ts';
import { ipvsFirstPackets, ipvsNode } from './ipvs.bench.ts';
import { firstPackets, machine } from './netfilter.bench.ts';
import { nftMachine } from './nft.bench.ts';
import { proxyBench } from './proxy.bench.ts';

const [, , ...words] = process.argv;
const quick = words.includes('--quick');
/** `npm run bench -- dns`: the rows whose names have this word. */
const only = words.find((word) => !word.startsWith('-'))?.toLowerCase();
const runs = quick ? 3 : 7;
const root = join(import.meta.dirname, '..', '..');
const command = join(root, 'dist/src/cli/main.js');

interface Row {
  readonly row: string;
  readonly unit: string;
  readonly limit: number;
  /** Whether the value must reach the limit or stay under it. */
  readonly better: 'more' | 'less';
  /** The best of `runs` runs, and what else to print. */
  measure(): { readonly value: number; readonly [more: string]: unknown };
}

/** Milliseconds that `work` takes. */
function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** The least of `runs` runs in milliseconds, each `times` calls long, for one call. */
function least(work: () => void, times = 1, warmUp = times): number {
  for (let i = 0; i < warmUp; i++) work();
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const ms = timed(() => {
      for (let i = 0; i < times; i++) work();
    });
    best = Math.min(best, ms / times);
  }
  return best;
}

/** Wall milliseconds of a process that must end with status 0. */
function processMs(...argv: readonly string[]): number {
  return timed(() => {
    const { status, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`node ${argv.join(' ')}: status ${status}\n${stderr}`);
  });
}

/** Two processes in turn, so that a busy machine slows both. */
function againstFloor(work: readonly string[], floor: readonly string[]) {
  let [workMs, floorMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < runs; run++) {
    floorMs = Math.min(floorMs, processMs(...floor));
    workMs = Math.min(workMs, processMs(...work));
  }
  return { value: workMs / floorMs, ms: round(workMs), floorMs: round(floorMs) };
}

function suite() {
  const tags = 'not @explore and not @scale';
  const run = [command, 'run', '--no-report', '--format', 'summary', '--tags', tags];
  return againstFloor(run, [...run, '--import', 'dist/bench/empty-steps.js']);
}

function trace() {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-bench-'));
  try {
    const file = join(folder, 'demo.yaml');
    writeFileSync(file, demoText);
    const flow = ['--from', 'pod/demo/client', '--to', 'web:80'];
    return againstFloor([command, 'trace', '-f', file, ...flow], ['-e', '0']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Least milliseconds for one first packet; every run begins with an empty conntrack table. */
function packetMs(services: number, made: typeof machine): number {
  const { rules } = made(services, 10);
  const count = 50_000;
  return (
    least(() => {
      const translated = firstPackets(createNetfilter(rules), services, count);
      if (translated !== count) throw new Error(`only ${translated} packets were translated`);
    }) / count
  );
}

/** The same through IPVS; every run begins with the node as the first sync left it. */
function ipvsPacketMs(services: number): number {
  const node = ipvsNode(services, 10);
  const count = 20_000;
  return (
    least(() => {
      const translated = ipvsFirstPackets(node, count);
      if (translated !== count) throw new Error(`only ${translated} packets were translated`);
    }) / count
  );
}

/** A smaller town, and what the whole one takes if time follows the Pods. */
function limits() {
  const [deployments, pods, nodes] = [300, 15, 150];
  const scale = (10_000 * 15) / (deployments * pods);
  const ms = Math.min(...[0, 1, 2].map(() => timed(() => town(deployments, pods, nodes))));
  const heapMiB = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  return { value: (ms * scale) / 1000, extrapolatedBy: scale, ms: round(ms), heapMiB, minOf: 3 };
}

const packetCosts = new Map<string, number>();

function costOnce(key: string, measure: () => number): number {
  const ms = packetCosts.get(key) ?? measure();
  packetCosts.set(key, ms);
  return ms;
}

function packetCost(services: number, made = machine): number {
  return costOnce(`${made.name} ${services}`, () => packetMs(services, made));
}

function ipvsPacketCost(services: number): number {
  return costOnce(`ipvs ${services}`, () => ipvsPacketMs(services));
}

/** Of one name over and over; beside it of what resolvers ask, and of names that are hardly asked twice. */
function answersPerSecond(bench: typeof dnsMessageBench) {
  const lister = demo().objects;
  const rate = (questions: Parameters<typeof bench>[1]) => {
    const answer = bench(lister, questions);
    return 50_000_000 / least(() => answer(50_000));
  };
  return {
    value: rate(oneName),
    asResolversDo: round(rate(asResolversDo)),
    manyNames: round(rate(manyNames)),
  };
}

/** `svcspec serve` beside an echo and, where it is on PATH with dnsperf, a CoreDNS. */
function udp() {
  const folder = mkdtempSync(join(tmpdir(), 'svcspec-bench-'));
  try {
    const file = join(folder, 'demo.yaml');
    writeFileSync(file, demoText);
    const name = 'web.demo.svc.cluster.local.';
    const rates = udpRates(root, file, name, quick ? 1 : 3);
    const { perSecond, echo, coredns, tool } = rates;
    const ofCoreDns = coredns === null ? 'not measured' : round(perSecond / coredns);
    return { value: perSecond / echo, perSecond, echo, coredns, ofCoreDns, tool };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const table: readonly Row[] = [
  {
    row: 'demo cluster from manifests to settled',
    unit: 'ms',
    limit: 5,
    better: 'less',
    measure: () => ({ value: least(demo, 10, 200) }),
  },
  {
    row: 'fork of a settled cluster + one connection + release',
    unit: 'ms',
    limit: 0.3,
    better: 'less',
    measure: () => {
      const cluster = demo();
      const byNameMs = round(least(() => forkAndConnect(cluster, 'web:80'), 200));
      return { value: least(() => forkAndConnect(cluster), 500), byNameMs };
    },
  },
  {
    row: 'first packets per second at 10,000 Services x 10 endpoints',
    unit: '1/s',
    limit: 300_000,
    better: 'more',
    measure: () => ({ value: 1000 / packetCost(10_000) }),
  },
  {
    row: 'cost of a first packet at 10,000 over 100 Services',
    unit: 'ratio',
    limit: 1.5,
    better: 'less',
    measure: () => ({ value: packetCost(10_000) / packetCost(100) }),
  },
  {
    row: 'first packets per second through nf_tables at 10,000 Services x 10 endpoints',
    unit: '1/s',
    limit: 100_000,
    better: 'more',
    measure: () => ({ value: 1000 / packetCost(10_000, nftMachine) }),
  },
  {
    row: 'cost of a first packet through nf_tables at 10,000 over 100 Services',
    unit: 'ratio',
    limit: 2,
    better: 'less',
    measure: () => ({ value: packetCost(10_000, nftMachine) / packetCost(100, nftMachine) }),
  },
  {
    row: 'first packets per second through IPVS at 10,000 Services x 10 endpoints',
    unit: '1/s',
    limit: 100_000,
    better: 'more',
    measure: () => ({ value: 1000 / ipvsPacketCost(10_000) }),
  },
  {
    row: 'cost of a first packet through IPVS at 10,000 over 100 Services',
    unit: 'ratio',
    limit: 2,
    better: 'less',
    measure: () => ({ value: ipvsPacketCost(10_000) / ipvsPacketCost(100) }),
  },
  {
    row: 'one endpoint change at 10,000 Services',
    unit: 'ms',
    limit: 1,
    better: 'less',
    measure: () => {
      const { change, changeUnseen } = proxyBench(10_000, 10);
      return { value: least(change, 100), unseenMs: round(least(changeUnseen, 100)) };
    },
  },
  {
    row: 'one endpoint change at 10,000 Services in nftables mode',
    unit: 'ms',
    limit: 1,
    better: 'less',
    measure: () => ({ value: least(proxyBench(10_000, 10, 'nftables').change, 100) }),
  },
  {
    row: 'one endpoint change at 10,000 Services in IPVS mode',
    unit: 'ms',
    limit: 1,
    better: 'less',
    measure: () => ({ value: least(proxyBench(10_000, 10, 'ipvs').change, 100) }),
  },
  {
    row: 'DNS answers per second message to message',
    unit: '1/s',
    limit: 500_000,
    better: 'more',
    measure: () => answersPerSecond(dnsMessageBench),
  },
  {
    row: 'DNS answers per second over UDP on one core, of a bare echo',
    unit: 'share',
    limit: 0.5,
    better: 'more',
    measure: udp,
  },
  {
    row: 'DNS answers per second wire to wire in process',
    unit: '1/s',
    limit: 200_000,
    better: 'more',
    measure: () => answersPerSecond(dnsBench),
  },
  {
    row: 'svcspec trace over node -e 0',
    unit: 'ratio',
    limit: 8,
    better: 'less',
    measure: trace,
  },
  {
    row: 'feature suite over empty step bodies',
    unit: 'ratio',
    limit: 2.5,
    better: 'less',
    measure: suite,
  },
  {
    row: '10,000 Deployments x 15 Pods with a Service each, converged',
    unit: 's',
    limit: 60,
    better: 'less',
    measure: limits,
  },
];

function round(value: number): number {
  return Number(value.toPrecision(4));
}

function print(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

if (!existsSync(command)) throw new Error('run `npm run build` first');
const chosen = table.filter(({ row }) => only === undefined || row.toLowerCase().includes(only));
for (const { row, unit, limit, better, measure } of chosen) {
  try {
    const { value, ...more } = measure();
    const ratio = better === 'less' ? value / limit : limit / value;
    const ok = ratio <= 1;
    print({ row, value: round(value), unit, limit, ratio: round(ratio), ok, minOf: runs, ...more });
  } catch (error) {
    print({ row, skipped: error instanceof Error ? error.message : String(error) });
  }
}
