// Steps that connect and steps about how connections ended. "every" and "no" walk every random branch of every client;
// `N times` samples. A connection is an event: its conntrack entry stays for the next one.

import { outcomeOf } from '../analysis/trace-document.ts';
import { failedStatus, lastOf, wayOf } from '../analysis/upstream.ts';
import { InputError } from '../api/input-error.ts';
import type { Attempt, Cluster, ConnectionUse, ConnectOptions } from '../cluster/cluster.ts';
import { formatAddr, formatEndpoint, parseAddr } from '../net/addr.ts';
import { nth, parseCidr } from '../net/cidr.ts';
import { branchesOf } from './backend.ts';
import { byAddress } from './by-address.ts';
import { expect, fail } from './fail.ts';
import type { AddressRef, ClientRef, OutcomeRef, TargetRef } from './refs.ts';
import { clientRef, targetRef } from './refs.ts';
import { inRow } from './scenario.ts';
import type { Table } from './tables.ts';
import { rowsOf, rowsText } from './tables.ts';
import type { SvcWorld } from './world.ts';

/** WHERE as the cluster dials it: a name, or an address and a port. */
export function whereOf(world: SvcWorld, cluster: Cluster, target: TargetRef): string {
  if (target.kind === 'name') return target.where;
  const [address] = cluster.addressesOf(target.who);
  if (address === undefined) {
    return fail(world, { expected: `${target.text} has an address`, actual: 'it has none' });
  }
  return formatEndpoint(address, target.port);
}

export function connects(
  world: SvcWorld,
  client: ClientRef,
  target: TargetRef,
  times: number,
): void {
  const cluster = world.acting();
  const where = whereOf(world, cluster, target);
  const attempts: Attempt[] = [];
  for (let n = 1; n <= times; n++) {
    attempts.push({ ...cluster.connect(client.who, where, optionsOf(target)), n });
    cluster.advance(1);
  }
  world.attempts = attempts;
}

/** What a target says besides where it is. */
export function optionsOf({ proto, sourcePort }: TargetRef): ConnectOptions {
  return sourcePort === null ? { proto } : { proto, sourcePort };
}

/** What became of messages over connections that were open: an attempt has no words for closed and reset. */
export const usedOutcomes = new WeakMap<Attempt, ConnectionUse['outcome']>();

/** Whether an attempt ended as the words say. */
export function ended(cluster: Cluster, attempt: Attempt, outcome: OutcomeRef): boolean {
  const actual = usedOutcomes.get(attempt) ?? outcomeOf(attempt);
  switch (outcome.kind) {
    case 'answered':
      return (
        actual === 'answered' &&
        failedStatus(attempt) === outcome.status &&
        (outcome.by === null || isBy(cluster.machinesOf(outcome.by.who), attempt))
      );
    case 'refused':
    case 'unreachable':
    case 'timeout':
      return attempt.dial !== null && actual === outcome.kind;
    case 'lost':
      return actual !== 'answered' || failedStatus(attempt) !== null;
    case 'fails-to-resolve':
      return attempt.dial === null;
    case 'closed':
    case 'reset':
      if (usedOutcomes.has(attempt)) return actual === outcome.kind;
      throw new InputError('usage', `a new connection cannot be ${outcome.kind}`, {
        hint: 'only a connection that was opened: the open connection is reset',
      });
  }
}

/** Where programs pass requests on, whoever has had a part in the answer has answered. */
function isBy(machines: readonly string[], attempt: Attempt): boolean {
  return wayOf(attempt).some((machine) => machines.includes(machine));
}

/** "answered by pod/demo/web-1", "answered with status 502 by pod/demo/nginx", "refused", "nxdomain". */
export function endedText(attempt: Attempt): string {
  const outcome = usedOutcomes.get(attempt) ?? outcomeOf(attempt);
  if (outcome !== 'answered') return outcome;
  const status = failedStatus(attempt);
  const word = status === null ? 'answered' : `answered with status ${status}`;
  return `${word} by ${attempt.dial?.backend ?? '?'}`;
}

/** The same, and who answered behind: "answered by pod/demo/nginx, which asked pod/demo/web-1". */
export function whollyEnded(attempt: Attempt): string {
  const [, ...behind] = wayOf(attempt);
  return [endedText(attempt), ...behind].join(', which asked ');
}

/** Where every name fails to resolve nothing was dialled, so `lost`, `times out` and `no ... is answered` would hold for
 * any misspelt name: only `fails to resolve` speaks of that. Outcomes that need a dial fail with their own message. */
function expectResolved(
  world: SvcWorld,
  attempts: readonly Attempt[],
  expected: string,
  outcome: OutcomeRef,
  cluster: Cluster,
): void {
  if (outcome.kind === 'fails-to-resolve') return;
  const [attempt] = attempts;
  if (attempt === undefined || attempts.some(({ dial }) => dial !== null)) return;
  const name = attempt.lookup?.name ?? attempt.target;
  fail(world, {
    expected,
    actual: `${endedText(attempt)}: "${name}" never resolves, so nothing was dialled; if that is meant, say: fails to resolve`,
    attempt,
    cluster,
  });
}

/** `the connections are answered`: all that were made last. */
export function connectionsEnded(world: SvcWorld, outcome: OutcomeRef): void {
  const { cluster, attempts } = world;
  if (attempts.length === 0) {
    fail(world, {
      expected: `a connection that ${singular(outcome.text)}`,
      actual: 'nobody has connected',
    });
  }
  for (const attempt of attempts) {
    expect(world, ended(cluster, attempt, outcome), () => ({
      expected: `the connection from ${attempt.from} to ${attempt.target} ${singular(outcome.text)}`,
      actual: whollyEnded(attempt),
      attempt,
    }));
  }
  const [first] = attempts;
  const said = `the connection from ${first?.from} to ${first?.target} ${outcome.text}`;
  expectResolved(world, attempts, said, outcome, cluster);
}

/** "are answered" of one connection: "is answered". */
function singular(text: string): string {
  return text.replace(/^are /, 'is ').replace(/^(time|fail)(?= )/, '$1s');
}

/** `every connection from A to B is answered`, over all branches and all Pods of the client. */
export function everyConnection(
  world: SvcWorld,
  every: boolean,
  client: ClientRef,
  target: TargetRef,
  outcome: OutcomeRef,
): void {
  const cluster = world.scratch();
  const where = whereOf(world, cluster, target);
  const expected = `${every ? 'every' : 'no'} connection from ${client.text} to ${target.text} ${outcome.text}`;
  for (const from of cluster.machinesOf(client.who)) {
    const there = byAddress(cluster, from, where);
    const holds = ({ attempt }: { readonly attempt: Attempt }) =>
      ended(cluster, attempt, outcome) === every;
    if (there !== where && branchesOf(cluster, { from, to: there, ...target }).every(holds))
      continue;
    const all = branchesOf(cluster, { from, to: where, ...target });
    for (const { attempt } of all) {
      expect(world, ended(cluster, attempt, outcome) === every, () => ({
        expected,
        actual: `${whollyEnded(attempt)} (${chanceText(all, whollyEnded(attempt))})`,
        attempt,
        cluster,
      }));
    }
    const tried = all.map(({ attempt }) => attempt);
    expectResolved(world, tried, expected, outcome, cluster);
  }
}

/** How often connections end so, over all branches: "always", "with probability 0.25". */
function chanceText(
  all: readonly { readonly attempt: Attempt; readonly probability: number }[],
  end: string,
): string {
  const alike = all.filter(({ attempt }) => whollyEnded(attempt) === end);
  const sum = alike.reduce((total, { probability }) => total + probability, 0);
  return sum > 1 - 1e-9 ? 'always' : `with probability ${Number(sum.toPrecision(4))}`;
}

/** `the server sees ADDRESS` (the client's source after NAT), `the last server sees ADDRESS` (the same at the end of the way,
 * behind those who pass requests on), `the client sees ADDRESS` (where the reply came from). */
export function partySees(world: SvcWorld, party: string, address: AddressRef): void {
  const { cluster, attempts } = world;
  const wanted = addressText(world, cluster, address);
  if (attempts.length === 0) {
    fail(world, { expected: `the ${party} sees ${wanted}`, actual: 'nobody has connected' });
  }
  const port = address.kind === 'literal' ? address.port : null;
  for (const attempt of attempts) {
    const { dial } = party === 'last server' ? lastOf(attempt) : attempt;
    const seen = party === 'client' ? dial?.replyFrom : dial?.source;
    const actual = seen == null ? 'nothing' : formatAddr(seen.addr);
    const holds = wanted.includes(actual) && (port === null || seen?.port === port);
    expect(world, holds, () => ({
      expected: `the ${party} sees ${wanted.join(' or ')}${port === null ? '' : `:${port}`}`,
      actual:
        seen == null ? `nothing: ${endedText(attempt)}` : formatEndpoint(seen.addr, seen.port),
      attempt,
    }));
  }
}

/** The addresses that an address reference stands for. */
function addressText(world: SvcWorld, cluster: Cluster, address: AddressRef): readonly string[] {
  if (address.kind === 'literal') {
    const value = parseAddr(address.address);
    return value === undefined
      ? fail(world, { expected: 'an IP address', actual: address.address })
      : [formatAddr(value)];
  }
  if (address.kind === 'address') return cluster.addressesOf(address.of).map(formatAddr);
  const node = cluster.objects.get('Node', address.of.slice('node/'.length));
  const range = parseCidr(node?.spec.podCIDR ?? '');
  return range === undefined
    ? fail(world, { expected: `${address.text} exists`, actual: 'no node with a pod range' })
    : [formatAddr(nth(range, 1))];
}

/** `the reachability is:` clients in the first column, targets in the header, outcomes in the cells. */
export function reachabilityIs(world: SvcWorld, table: Table): void {
  const cluster = world.scratch();
  const [, ...texts] = table.header;
  const targets = inRow(world, 0, () => texts.map(targetIn));
  const rows = rowsOf(table);
  if (targets.length === 0) {
    throw new InputError('usage', 'the table has no targets, so this step checks nothing');
  }
  const seen = (where: Where) =>
    rows.map(([name = ''], i) =>
      inRow(world, i + 1, () => {
        const client = clientRef(name);
        return [name, ...targets.map((target) => reached(world, cluster, client, target, where))];
      }),
    );
  const same = (actual: readonly (readonly string[])[]) =>
    table.rows.every((row, i) => row.join('|') === (actual[i] ?? []).join('|'));
  if (same(seen(byAddress))) return;
  const actual = seen((_cluster, _from, where) => where);
  expect(world, same(actual), () => ({
    expected: rowsText([table.header, ...table.rows]),
    actual: rowsText([table.header, ...actual]),
  }));
}

/** A target as a table's header writes it: with or without quotes. */
function targetIn(text: string): TargetRef {
  return targetRef(/^(?:"|port )/.test(text) ? text : `"${text}"`);
}

/** WHERE as it is dialled: by name, or by the one address that the name has. */
type Where = typeof byAddress;

/** One word when all branches end alike, else all of them. */
function reached(
  world: SvcWorld,
  cluster: Cluster,
  client: ClientRef,
  target: TargetRef,
  where: Where,
): string {
  const named = whereOf(world, cluster, target);
  const words = cluster
    .machinesOf(client.who)
    .flatMap((from) => branchesOf(cluster, { from, to: where(cluster, from, named), ...target }))
    .map(({ attempt }) => String(failedStatus(attempt) ?? outcomeOf(attempt)));
  return [...new Set(words)].sort().join(' or ');
}
