// Steps about clients that go on: connections that stay open, and requests that are made again and again while other
// steps move the clock. What a message over an open connection comes to is tried on copies, over every random branch.
import { InputError } from '../api/input-error.ts';
import type { Attempt, Cluster, ConnectionUse, OpenConnection } from '../cluster/cluster.ts';
import { formatEndpoint } from '../net/addr.ts';
import { enumerate } from '../sim/choices.ts';
import { backend } from './backend.ts';
import { ended, endedText, optionsOf, usedOutcomes, whereOf } from './connections.ts';
import { expect, fail } from './fail.ts';
import type { Bound, ClientRef, OutcomeRef, TargetRef } from './refs.ts';
import { within } from './refs.ts';
import type { SvcWorld } from './world.ts';

/** `Pod "x" opens a connection to "web:80"`: one message is exchanged, and it stays open. */
export function opens(world: SvcWorld, client: ClientRef, target: TargetRef): void {
  const cluster = world.acting();
  const where = whereOf(world, cluster, target);
  const attempt = cluster.connect(client.who, where, { ...optionsOf(target), keep: true });
  cluster.advance(1);
  world.attempts = [attempt];
}

/** `Pod "x" uses the open connection` (another message), `closes` (FIN) or `resets` (RST) all that it has. */
export function uses(
  world: SvcWorld,
  client: ClientRef,
  usage: 'uses' | 'closes' | 'resets',
): void {
  const cluster = world.acting();
  const machines = cluster.machinesOf(client.who);
  const open = cluster.connections().filter(({ from }) => machines.includes(from));
  if (open.length === 0) throw noneOpen(`${client.text} has no open connection`);
  const attempts = open.flatMap((connection) => {
    if (usage !== 'uses') {
      cluster.endConnection(connection.id, usage === 'closes' ? 'close' : 'reset');
      return [];
    }
    const used = cluster.useConnection(connection.id);
    if (used.outcome === 'closed') cluster.endConnection(connection.id, 'close');
    if (used.outcome === 'reset') cluster.endConnection(connection.id, 'reset');
    return [attemptOf(cluster, connection, used)];
  });
  cluster.advance(1);
  world.attempts = attempts;
}

/** `the open connection is reset`: what the next message over it comes to, on a copy. */
export function openConnectionsEnd(world: SvcWorld, outcome: OutcomeRef): void {
  const cluster = world.scratch();
  const open = cluster.connections();
  if (open.length === 0) throw noneOpen('nobody has an open connection');
  if (outcome.kind === 'fails-to-resolve') {
    throw new InputError('usage', 'an open connection asks for no name');
  }
  for (const connection of open) {
    const all = enumerate((choices) => cluster.fork(choices).useConnection(connection.id));
    // For real it must come to one of them.
    if (backend.carrier !== null) cluster.fork().useConnection(connection.id);
    for (const { value: used, probability } of all) {
      const attempt = attemptOf(cluster, connection, used);
      expect(world, ended(cluster, attempt, outcome), () => ({
        expected: `the open connection of ${connection.from} to ${attempt.target} ${outcome.text}`,
        actual: `${endedText(attempt)}${probability < 1 ? ' (not always)' : ''}`,
        attempt,
        cluster,
      }));
    }
  }
}

function noneOpen(message: string): InputError {
  const hint = 'begin with: Pod "client" opens a connection to "web:80"';
  return new InputError('usage', message, { hint });
}

function attemptOf(cluster: Cluster, connection: OpenConnection, used: ConnectionUse): Attempt {
  const { from, proto, dialled } = connection;
  const target = formatEndpoint(dialled.addr, dialled.port);
  const { dial, outcome } = used;
  const attempt = { n: 1, atMs: cluster.nowMs, from, target, proto, lookup: null, dial };
  usedOutcomes.set(attempt, outcome);
  return attempt;
}

/** `host "laptop" keeps connecting to "web:80" every 1 second`: now, and whenever the clock has moved so far. */
export function keepsConnecting(
  world: SvcWorld,
  client: ClientRef,
  target: TargetRef,
  everyMs: number,
): void {
  if (everyMs < 1) throw new InputError('usage', 'a client can connect every millisecond at most');
  const cluster = world.acting();
  const where = whereOf(world, cluster, target);
  cluster.keepConnecting(client.who, where, everyMs, optionsOf(target));
}

/** `no request is lost`: of all that were made up to now. */
export function requestsEnded(world: SvcWorld, count: Bound, outcome: OutcomeRef): void {
  const { cluster } = world;
  const made = cluster.repeated();
  if (made.length === 0) {
    throw new InputError('usage', 'nobody has made requests', {
      hint: 'begin with: Pod "client" keeps connecting to "web:80" every 100 milliseconds',
    });
  }
  const alike = made.filter((attempt) => ended(cluster, attempt, outcome));
  if (within(count, alike.length)) return;
  fail(world, {
    expected: `${count.text} request(s) of ${made.length} ${outcome.text}`,
    actual: `${alike.length}: ${tallyText(made)}`,
    attempt: alike[0] ?? made.find((attempt) => ended(cluster, attempt, lost)),
  });
}

const lost: OutcomeRef = { kind: 'lost', text: 'are lost' };

/** "12 answered by pod/demo/web-1, 3 refused (the first at 1.2 s)". */
function tallyText(made: readonly Attempt[]): string {
  const by = new Map<string, Attempt[]>();
  for (const attempt of made) {
    const end = endedText(attempt);
    by.set(end, [...(by.get(end) ?? []), attempt]);
  }
  return [...by]
    .map(([end, all]) => `${all.length} ${end} (first at ${(all[0]?.atMs ?? 0) / 1000} s)`)
    .join(', ');
}
