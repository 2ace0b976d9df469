// Steps about the endpoints of a Service, as its EndpointSlices list them (what kube-proxy and CoreDNS read).
import { InputError } from '../api/input-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { expect } from './fail.ts';
import { checkKind, objectOf } from './objects.ts';
import type { Bound, ObjectRef } from './refs.ts';
import { within } from './refs.ts';
import { difference, rowsText, type Table, unknownColumn } from './tables.ts';
import type { SvcWorld } from './world.ts';

/** Only Services have endpoints: no slice names anything else, so "no endpoints" would hold for it. */
function serviceOf(world: SvcWorld, cluster: Cluster, ref: ObjectRef): void {
  checkKind(cluster, ref);
  if (ref.kind !== 'Service') {
    throw new InputError('usage', `only Services have endpoints; ${ref.text} is none`);
  }
  objectOf(world, cluster, ref);
}

/** One address of a slice with one of its ports. */
export interface EndpointRow {
  readonly address: string;
  readonly port: number | null;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly node: string;
  readonly pod: string;
}

/** All endpoints of a Service, ready or not, by address and port. */
export function endpointRows(cluster: Cluster, ref: ObjectRef): readonly EndpointRow[] {
  const [namespace = 'default', name = ''] = ref.key.split('/');
  const rows: EndpointRow[] = [];
  for (const slice of cluster.objects.list('EndpointSlice', namespace)) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue;
    for (const endpoint of slice.endpoints ?? []) {
      const ports = slice.ports ?? [];
      for (const port of ports.length === 0 ? [null] : ports.map((p) => p.port ?? null)) {
        rows.push({
          address: endpoint.addresses[0] ?? '',
          port,
          ready: endpoint.conditions?.ready !== false,
          serving: endpoint.conditions?.serving ?? endpoint.conditions?.ready !== false,
          terminating: endpoint.conditions?.terminating === true,
          node: endpoint.nodeName ?? '<none>',
          pod: endpoint.targetRef?.name ?? '<none>',
        });
      }
    }
  }
  return rows;
}

/** Different ready addresses. */
export function readyAddresses(rows: readonly EndpointRow[]): readonly string[] {
  return [...new Set(rows.filter((row) => row.ready).map((row) => row.address))].sort();
}

/** How many there are, then one line per address: a Service with two ports lists each address twice. */
function shown(rows: readonly EndpointRow[]): string {
  const byAddress = new Map<string, EndpointRow[]>();
  for (const row of rows) {
    const key = `${row.address} ${row.ready}`;
    byAddress.set(key, [...(byAddress.get(key) ?? []), row]);
  }
  const groups = [...byAddress.values()];
  const ready = groups.filter(([row]) => row?.ready).length;
  const ports = [...new Set(groups.map((group) => group.length))];
  const each = ports.length === 1 && ports[0] !== 1 ? ` (${ports[0]} ports each)` : '';
  const others = groups.length - ready;
  const head = `${ready} ready endpoint${ready === 1 ? '' : 's'}${others === 0 ? '' : `, ${others} not ready`}${each}:`;
  const lines = groups.map((group) => {
    const { address = '', ready: isReady, pod = '', node = '' } = group[0] ?? {};
    const state = isReady ? 'ready' : 'not ready';
    const listed = group.map((row) => row.port ?? '*').join(', ');
    return `${address} port ${listed} (${state}, Pod ${pod} on ${node})`;
  });
  return lines.length === 0 ? 'no endpoints' : [head, ...lines.sort()].join('\n');
}

/** `Service "x" has 3 endpoints`: ready addresses. */
export function hasEndpoints(world: SvcWorld, ref: ObjectRef, count: Bound): void {
  const { cluster } = world;
  serviceOf(world, cluster, ref);
  const rows = endpointRows(cluster, ref);
  expect(world, within(count, readyAddresses(rows).length), () => ({
    expected: `${ref.text} has ${count.text} ready endpoints`,
    actual: shown(rows),
  }));
}

/** `no endpoint of Service "x" is on Node "n"`. */
export function endpointsOnNode(
  world: SvcWorld,
  count: Bound,
  ref: ObjectRef,
  node: ObjectRef,
): void {
  const { cluster } = world;
  serviceOf(world, cluster, ref);
  objectOf(world, cluster, node);
  const rows = endpointRows(cluster, ref);
  const there = readyAddresses(rows.filter((row) => row.node === node.key));
  expect(world, within(count, there.length), () => ({
    expected: `${count.text} ready endpoints of ${ref.text} on ${node.text}`,
    actual: shown(rows),
  }));
}

const columns: Readonly<Record<string, (row: EndpointRow) => string>> = {
  address: (row) => row.address,
  port: (row) => String(row.port ?? '<none>'),
  endpoint: (row) => `${row.address}:${row.port ?? '*'}`,
  ready: (row) => (row.ready ? 'yes' : 'no'),
  serving: (row) => (row.serving ? 'yes' : 'no'),
  terminating: (row) => (row.terminating ? 'yes' : 'no'),
  node: (row) => row.node,
  pod: (row) => row.pod,
};

/** `the endpoints of Service "x" are:` any of the columns address, port, endpoint, ready, serving,
 * terminating, node, pod; in any order. */
export function endpointsAre(world: SvcWorld, ref: ObjectRef, table: Table): void {
  const { cluster } = world;
  serviceOf(world, cluster, ref);
  const readers = table.header.map((name) => {
    const reader = columns[name];
    if (reader === undefined) {
      throw unknownColumn(world, name, Object.keys(columns));
    }
    return reader;
  });
  const rows = endpointRows(cluster, ref).map((row) => readers.map((read) => read(row)));
  const key = (row: readonly string[]): string => row.join(' | ');
  const { missing, extra } = difference(table.rows.map(key), rows.map(key));
  expect(world, missing.length === 0 && extra.length === 0, () => ({
    expected: rowsText(table.rows),
    actual: rowsText(rows),
  }));
}
