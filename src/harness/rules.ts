// Steps about what is written on a node: its rules and connection table as the real tools print them, and where the
// rules lead. "Lead to" is found out by walking them, branch by branch, never by reading their text.
import { branches } from '../analysis/flows.ts';
import { hintFor } from '../api/decode-hint.ts';
import { InputError } from '../api/input-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Addr, formatAddr, formatEndpoint } from '../net/addr.ts';
import { parseProto, TCP } from '../net/packet.ts';
import { endpointRows } from './endpoints.ts';
import { expect, fail } from './fail.ts';
import { objectOf } from './objects.ts';
import type { ObjectRef } from './refs.ts';
import { linesOf, wantedLines } from './tables.ts';
import { words } from './words.ts';
import type { SvcWorld } from './world.ts';

/** What a tool prints on a node. */
function printed(world: SvcWorld, tool: string, node: ObjectRef): string {
  const { cluster } = world;
  if (node.kind !== 'host') objectOf(world, cluster, node);
  const machine = `${node.kind === 'host' ? 'host' : 'node'}/${node.key}`;
  const { stdout, stderr, exitCode } = cluster.exec(machine, words(tool));
  if (exitCode === 0) return stdout;
  const [why = '', ...more] = stderr.trimEnd().split('\n');
  throw new InputError('usage', why, { position: world.step, hint: more.join('; ') });
}

/** `iptables-save on Node "n" prints:` the lines stand in the output in this order, with others between them. */
export function toolPrints(world: SvcWorld, tool: string, node: ObjectRef, text: string): void {
  const lines = linesOf(printed(world, tool, node));
  let next = 0;
  for (const line of wantedLines(text)) {
    const found = lines.indexOf(line, next);
    expect(world, found >= 0, () => ({
      expected: line,
      actual: lines.includes(line)
        ? `it stands there, but not after this line:\n${lines[next - 1]}`
        : nearest(lines, line),
    }));
    next = found + 1;
  }
}

/** What a reader compares the wanted line to: all lines if they are few, else those that share the most words. */
function nearest(lines: readonly string[], wanted: string): string {
  if (lines.length <= 5) return lines.length === 0 ? 'it prints nothing' : lines.join('\n');
  const words = new Set(wanted.split(' '));
  const scored = lines
    .map((line) => ({ line, score: line.split(' ').filter((word) => words.has(word)).length }))
    .filter(({ score }) => score > 1)
    .sort((a, b) => b.score - a.score);
  const shown = scored.slice(0, 5).map(({ line }) => line);
  return shown.length === 0
    ? `no such line among ${lines.length}`
    : `not there; the nearest lines:\n${shown.join('\n')}`;
}

/** `the rules on Node "n" lead to exactly the endpoints of Service "x"`: for each port, from the node itself. */
export function rulesLeadTo(world: SvcWorld, node: ObjectRef, ref: ObjectRef): void {
  const cluster = world.scratch();
  objectOf(world, cluster, node);
  objectOf(world, cluster, ref);
  const [address] = cluster.addressesOf(`svc/${ref.key}`);
  if (address === undefined) {
    fail(world, { expected: `${ref.text} has a cluster IP`, actual: 'it has none' });
  }
  const reached =
    cluster.proxyMode === 'userspace'
      ? takenInTurn(cluster, node, ref)
      : ledTo(cluster, node, ref, address);
  const wanted = endpointRows(cluster, ref)
    .filter((row) => row.ready)
    .map((row) => `${row.address}:${row.port}`);
  const expected = [...new Set(wanted)].sort().join('\n') || 'nothing';
  const actual = [...reached].sort().join('\n') || 'nothing';
  expect(world, expected === actual, () => ({ expected, actual }));
}

/** Where the rules send connections to the Service's address, in every branch. */
function ledTo(
  cluster: Cluster,
  node: ObjectRef,
  ref: ObjectRef,
  address: Addr,
): ReadonlySet<string> {
  const reached = new Set<string>();
  for (const port of cluster.objects.get('Service', ref.key)?.spec.ports ?? []) {
    const to = formatEndpoint(address, port.port);
    const proto = parseProto(port.protocol ?? 'TCP') ?? TCP;
    for (const { attempt } of branches(cluster, { from: `node/${node.key}`, to, proto })) {
      const { destination = null } = attempt.dial ?? {};
      if (destination !== null && destination.addr !== address) {
        reached.add(formatEndpoint(destination.addr, destination.port));
      }
    }
  }
  return reached;
}

/** Where the rules lead to the proxy, the endpoints that it passes connections on to. */
function takenInTurn(cluster: Cluster, node: ObjectRef, ref: ObjectRef): ReadonlySet<string> {
  const rows = endpointRows(cluster, ref).filter((row) => row.ready);
  const taken = new Set<string>();
  for (const port of cluster.objects.get('Service', ref.key)?.spec.ports ?? []) {
    const [address] = cluster.addressesOf(`svc/${ref.key}`);
    if (address === undefined) continue;
    const proto = parseProto(port.protocol ?? 'TCP') ?? TCP;
    const to = formatEndpoint(address, port.port);
    for (let n = 0; n < 2 * rows.length; n++) {
      const { dial } = cluster.connect(`node/${node.key}`, to, { proto });
      const backend = dial?.outcome === 'answered' ? dial.backend : null;
      if (backend === null || backend === undefined) continue;
      const own = cluster.addressesOf(backend).map(formatAddr);
      for (const row of rows) {
        if (own.includes(row.address)) taken.add(`${row.address}:${row.port}`);
      }
    }
  }
  return taken;
}

/** `the rules on Node "n" do not mention Service "x"`: neither its name nor its addresses. */
export function rulesLack(world: SvcWorld, node: ObjectRef, ref: ObjectRef): void {
  const { cluster } = world;
  if (!world.existed(ref.kind, ref.key)) {
    const all = cluster.objects.rawList(ref.kind).map(({ metadata }) => metadata);
    const keys = all.map(({ namespace, name }) => (namespace ? `${namespace}/${name}` : name));
    throw new InputError('unknown-object', `there never was a ${ref.kind} "${ref.key}" here`, {
      hint: hintFor(ref.key, keys) || 'rules cannot mention what never existed',
    });
  }
  const lines = linesOf(printed(world, 'iptables-save', node));
  const words = mentions(cluster, ref);
  const found = lines.filter((line) => words.some((word) => word.test(line)));
  expect(world, found.length === 0, () => ({
    expected: `no rule on ${node.text} mentions ${ref.text}`,
    actual: found.join('\n'),
  }));
}

/** How rules would mention an object: "ns/name" in a comment, or one of its addresses. */
function mentions(cluster: Cluster, ref: ObjectRef): readonly RegExp[] {
  const escaped = ref.key.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const words = [new RegExp(`[" ]${escaped}(?![\\w-])`)];
  if (ref.kind === 'Service' || ref.kind === 'Pod') {
    const prefix = ref.kind === 'Pod' ? 'pod' : 'svc';
    for (const address of addresses(cluster, `${prefix}/${ref.key}`, ref)) {
      words.push(new RegExp(`[ "]${address.replaceAll('.', '\\.')}(?![\\d])`));
    }
  }
  return words;
}

function addresses(cluster: Cluster, who: string, ref: ObjectRef): readonly string[] {
  if (cluster.objects.raw(ref.kind, ref.key) === undefined) return [];
  return cluster.addressesOf(who).map(formatAddr);
}
