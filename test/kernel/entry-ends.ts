// What becomes of every flow of the systematic clusters, in short words: "a:gw1 b:n1" is answered by the endpoint on n1
// that sees n1's gateway, or by the one on n2 that sees n1; "own" is the client's own address, "dialled" the one it
// dialled. One row a client and frontend, a column for each place of the endpoints under each policy.
import type { Attempt } from '../../src/cluster/cluster.ts';
import { formatAddr } from '../../src/net/addr.ts';
import { enumerate } from '../../src/sim/choices.ts';
import { byCodeUnit } from '../../src/sim/table.ts';
import type { CaseEndpoint } from './case.ts';
import { caseOf, clients, flowsTo, type Placement, type Policy, placements } from './entries.ts';
import { clusterOf } from './manifests.ts';

const policies = ['Cluster', 'Local'] as const;

/** The policy is the internal one for cluster IPs, the external one for all else. */
export const columns: readonly string[] = Object.keys(placements).flatMap((placement) =>
  policies.map((policy) => `${placement} ${policy}`),
);

export const rowNames: readonly string[] = Object.entries(clients).flatMap(([from, wanted]) =>
  wanted.map((frontend) => rowName(from, frontend)),
);

function rowName(from: string, frontend: string): string {
  return `${from.split('/').at(-1)} -> ${frontend}`;
}

/** Cells by row. */
export interface Ends {
  readonly four: ReadonlyMap<string, readonly string[]>;
  readonly six: ReadonlyMap<string, readonly string[]>;
}

/** `proxy`: further fields of KubeProxyConfiguration. */
export function ends(mode: string, proxy: Readonly<Record<string, unknown>> = {}): Ends {
  const four = new Map<string, string[]>();
  const six = new Map<string, string[]>();
  for (const placement of Object.keys(placements) as Placement[]) {
    for (const policy of policies) addColumn({ mode, ...proxy }, placement, policy, four, six);
  }
  return { four, six };
}

function addColumn(
  proxy: Readonly<Record<string, unknown>>,
  placement: Placement,
  policy: Policy,
  four: Map<string, string[]>,
  six: Map<string, string[]>,
): void {
  const cluster = clusterOf(caseOf({ placement, internal: policy, external: policy }, proxy));
  const ofAll = (from: string, to: string | null): string => {
    if (to === null || (to.startsWith('[') && proxy['mode'] === 'userspace')) return '-';
    const all = enumerate((choices) =>
      wordOf(cluster.fork(choices).connect(from, to), to, placements[placement]),
    );
    return [...new Set(all.map(({ value }) => value))].sort(byCodeUnit).join(' ');
  };
  const cells = new Map(
    flowsTo(placement).map(({ from, frontend, to }) => [
      rowName(from, frontend),
      to.map((address) => ofAll(from, address)),
    ]),
  );
  for (const name of rowNames) {
    const [a = '-', b = '-'] = cells.get(name) ?? [];
    four.set(name, [...(four.get(name) ?? []), a]);
    six.set(name, [...(six.get(name) ?? []), b]);
  }
}

const failures: Readonly<Record<string, string>> = {
  'timeout via drop': 'drop',
  'timeout via noreply': 'silent',
  'refused via icmp': 'icmp',
  'refused via rst': 'rst',
};

const names: Readonly<Record<string, string>> = {
  '192.168.4.101': 'n1',
  '192.168.4.102': 'n2',
  '10.244.1.1': 'gw1',
  '10.244.2.1': 'gw2',
  'fd00:192:168:4::101': 'n1',
  'fd00:192:168:4::102': 'n2',
  'fd00:10:244:1::1': 'gw1',
  'fd00:10:244:2::1': 'gw2',
};

function wordOf({ dial }: Attempt, to: string, placed: readonly CaseEndpoint[]): string {
  if (dial === null) return 'nowhere';
  const { outcome, via, source, backend, client } = dial;
  if (outcome !== 'answered') return failures[`${outcome} via ${via}`] ?? `${outcome} via ${via}`;
  const seen = formatAddr(source?.addr ?? 0);
  const dialled = to.slice(0, to.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  const own = seen === formatAddr(client.addr) ? 'own' : seen;
  const label = names[seen] ?? (seen === dialled ? 'dialled' : own);
  const node = placed[Number(backend?.at(-1))]?.node;
  return `${node === 1 ? 'a' : 'b'}:${label}`;
}
