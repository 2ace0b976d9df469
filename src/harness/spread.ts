// Steps about how connections are shared out. Shares are exact: every random branch is walked with its probability, so
// "evenly" means 1/n to the precision of the probabilities in the rules, not a statistic over samples. Where nothing is
// random (a proxy or a scheduler takes turns), they are those of connections in a row.
import { outcomeOf } from '../analysis/trace-document.ts';
import { failedStatus, wayOf } from '../analysis/upstream.ts';
import { InputError } from '../api/input-error.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { enumerate } from '../sim/choices.ts';
import { branchesOf } from './backend.ts';
import { byAddress } from './by-address.ts';
import { endedText, optionsOf, whereOf, whollyEnded } from './connections.ts';
import { expect } from './fail.ts';
import type { ClientRef, TargetRef } from './refs.ts';
import { inRow } from './scenario.ts';
import type { Table } from './tables.ts';
import type { SvcWorld } from './world.ts';

/** iptables keeps probabilities in 31 bits and each of n rules rounds once. */
const precision = 1e-6;

interface Shares {
  /** Probability by how the connection ended ("answered by pod/demo/web-1"). */
  readonly by: ReadonlyMap<string, number>;
  readonly sample: Attempt | undefined;
}

/** `turns`: how many connections in a row are looked at where shares are not drawn. `keyOf`: which of them are alike. */
function sharesOf(
  world: SvcWorld,
  from: string,
  where: string,
  target: TargetRef,
  turns: number,
  keyOf: (attempt: Attempt) => string = endedText,
): Shares {
  const cluster = world.scratch();
  const by = new Map<string, number>();
  let sample: Attempt | undefined;
  for (const { attempt, probability } of branchesOf(cluster, {
    from,
    to: where,
    proto: target.proto,
    sourcePort: target.sourcePort,
  })) {
    const key = keyOf(attempt);
    by.set(key, (by.get(key) ?? 0) + probability);
    if (sample === undefined || outcomeOf(attempt) !== 'answered') sample = attempt;
  }
  const isDrawn = by.size !== 1 || sample === undefined || outcomeOf(sample) !== 'answered';
  return isDrawn ? { by, sample } : inTurn(world.scratch(), from, where, target, turns, keyOf);
}

/** Connections in a row that a table of shares is compared with where they are taken in turn: divisible by 1 to 6. */
const turnsOfTable = 60;
/** How often each of n Pods has its turn. */
const rounds = 4;

/** Nothing is left to chance, so the share of a Pod is that of many connections in a row: round robin and the like. */
function inTurn(
  cluster: Cluster,
  from: string,
  where: string,
  target: TargetRef,
  turns: number,
  keyOf: (attempt: Attempt) => string,
): Shares {
  const by = new Map<string, number>();
  let sample: Attempt | undefined;
  for (let n = 0; n < turns; n++) {
    sample = cluster.connect(from, where, optionsOf(target));
    const key = keyOf(sample);
    by.set(key, (by.get(key) ?? 0) + 1 / turns);
    cluster.advance(1);
  }
  return { by, sample };
}

function sharesText({ by }: Shares): string {
  const lines = [...by].sort(([a], [b]) => (a < b ? -1 : 1));
  return lines.map(([ended, share]) => `${(share * 100).toFixed(4)} % ${ended}`).join('\n');
}

/** `connections from A to B spread evenly over 3 Pods`. */
export function spreadEvenly(
  world: SvcWorld,
  client: ClientRef,
  target: TargetRef,
  pods: number,
): void {
  const where = whereOf(world, world.cluster, target);
  const turns = pods * rounds;
  const isEven = ({ by }: Shares) =>
    by.size === pods &&
    [...by].every(
      ([ended, share]) =>
        ended.startsWith('answered by pod/') && Math.abs(share - 1 / pods) < precision,
    );
  for (const from of world.cluster.machinesOf(client.who)) {
    const there = byAddress(world.scratch(), from, where);
    if (there !== where && isEven(sharesOf(world, from, there, target, turns))) continue;
    const shares = sharesOf(world, from, where, target, turns);
    const even = isEven(shares);
    expect(world, even, () => ({
      expected: `${client.text} reaches ${pods} Pods at ${target.text}, each with a share of 1/${pods}`,
      actual: sharesText(shares),
      attempt: shares.sample,
    }));
  }
}

/** `connections from A to B spread:` a table of a Pod and its share ("1/3", "50 %"); what does not arrive is a row
 * too: refused, unreachable, timeout, "status 502 by demo/nginx". Where Pods pass requests on, a row may name any Pod on the
 * way, or several in their order: "demo/nginx -> demo/web-1". */
export function spreadIs(
  world: SvcWorld,
  client: ClientRef,
  target: TargetRef,
  table: Table,
): void {
  const where = whereOf(world, world.cluster, target);
  const wanted = new Map(
    table.rows.map(([pod = '', share = ''], i) => [
      pod,
      inRow(world, i + 1, () => shareValue(share)),
    ]),
  );
  if (wanted.size < table.rows.length) {
    throw new InputError('usage', 'the table has two rows for the same Pod');
  }
  const rows = [...wanted.keys()];
  const keyOf = (attempt: Attempt): string => {
    const own = rows.filter((row) => isRowOf(row, attempt));
    return own.length === 1 && own[0] !== undefined ? own[0] : whollyEnded(attempt);
  };
  for (const from of world.cluster.machinesOf(client.who)) {
    const shares = sharesOf(world, from, where, target, turnsOfTable, keyOf);
    const holds =
      shares.by.size === wanted.size &&
      [...wanted].every(([end, share]) => Math.abs((shares.by.get(end) ?? 0) - share) < precision);
    expect(world, holds, () => ({
      expected: table.rows.map(([pod, share]) => `${share} ${pod}`).join('\n'),
      actual: sharesText(shares),
      attempt: shares.sample,
    }));
  }
}

/** Whether a row counts a connection. */
function isRowOf(text: string, attempt: Attempt): boolean {
  const ended = endedText(attempt);
  if (['refused', 'unreachable', 'timeout'].includes(text)) return ended === text;
  const status = /^status (\d{3}) by (.*)$/.exec(text);
  if (status !== null) {
    return ended === `answered with status ${status[1]} by ${machineOf(status[2] ?? '')}`;
  }
  if (failedStatus(attempt) !== null) return false;
  const way = wayOf(attempt);
  let next = 0;
  for (const machine of text.split(' -> ').map(machineOf)) {
    next = way.indexOf(machine, next) + 1;
    if (next === 0) return false;
  }
  return true;
}

/** "demo/web-1" is a Pod, "host legacy-db" an outside host. */
function machineOf(text: string): string {
  if (text.startsWith('host ')) return `host/${text.slice('host '.length)}`;
  return `pod/${text.includes('/') ? text : `default/${text}`}`;
}

/** "1/3", "50 %", "0.25". */
function shareValue(text: string): number {
  const fraction = /^(\d+)\/(\d+)$/.exec(text);
  if (fraction !== null) return Number(fraction[1]) / Number(fraction[2]);
  const percent = /^([\d.]+) ?%$/.exec(text);
  const value = percent === null ? Number(text || 'none') : Number(percent[1]) / 100;
  if (Number.isFinite(value)) return value;
  const hint = '1/3, 50 % or 0.25';
  throw new InputError('usage', `"${text}" is no share`, { hint });
}

const inARow = 4;

/** `connections from A to B stay on one Pod`: whatever the first one drew, the next ones end at the same Pod. */
export function staysOnOnePod(world: SvcWorld, client: ClientRef, target: TargetRef): void {
  const cluster = world.scratch();
  const where = whereOf(world, cluster, target);
  for (const from of cluster.machinesOf(client.who)) {
    const there = byAddress(cluster, from, where);
    const runs = enumerate((choices) => {
      const fork = cluster.fork(choices);
      const attempts: Attempt[] = [];
      for (let n = 0; n < inARow; n++) {
        attempts.push(fork.connect(from, there, optionsOf(target)));
        fork.advance(1);
      }
      return attempts;
    });
    for (const { value } of runs) {
      const ends = value.map(endedText);
      const stays = ends.every((end) => end === ends[0] && end.startsWith('answered by pod/'));
      expect(world, stays, () => ({
        expected: `${client.text} stays on one Pod at ${target.text}`,
        actual: ends.join('\n'),
        attempt: value.find((_attempt, i) => ends[i] !== ends[0]) ?? value[0],
        cluster,
      }));
    }
  }
}
