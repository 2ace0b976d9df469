// The real servers of one virtual server, as their checks leave them: who is in IPVS with which weight, quorum and sorry
// server, and what keepalived logs about it. Plain values; IPVS itself is the composer's. Models ipwrapper.c
// (init_service_vs, perform_svr_state, update_quorum_state, perform_quorum_state, clear_service_vs).
import type { RealServerConf, VirtualServerConf } from '../../api/keepalived.ts';
import { type Addr, formatAddr } from '../../net/addr.ts';
import { type Proto, protoName } from '../../net/packet.ts';

export interface Pool {
  readonly server: VirtualServerConf;
  /** Of each real server, by its place: how many of its checks fail. */
  readonly failing: readonly number[];
  /** And whether it counts. */
  readonly alive: readonly boolean[];
  readonly quorumUp: boolean;
  readonly sorry: boolean;
}

export type PoolEffect =
  | { readonly kind: 'log'; readonly text: string }
  /** The destination has this weight in IPVS, whether it was there or not; null: it is not there. */
  | {
      readonly kind: 'destination';
      readonly addr: Addr;
      readonly port: number;
      readonly weight: number | null;
    };

export interface PoolTurn {
  readonly pool: Pool;
  readonly effects: readonly PoolEffect[];
}

/** "[192.168.4.102]:tcp:30080". */
export function trio(
  { addr, port }: { readonly addr: Addr; readonly port: number },
  proto: Proto,
): string {
  return `[${formatAddr(addr)}]:${protoName(proto).toLowerCase()}:${port}`;
}

/** As keepalived starts: all count but those whose checks say otherwise until they have passed (alpha). */
export function startPool(server: VirtualServerConf): PoolTurn {
  const { realServers } = server;
  const failing = realServers.map(({ checks }) => checks.filter(({ alpha }) => alpha).length);
  const alive = failing.map((n) => n === 0);
  const pool: Pool = { server, failing, alive, quorumUp: false, sorry: false };
  const effects = realServers.flatMap((real, i) =>
    alive[i] === true || real.inhibit ? [inside(real, alive[i] === true)] : [],
  );
  const turn = quorum(pool, true);
  return { pool: turn.pool, effects: [...effects, ...turn.effects] };
}

/** One more check of a real server passes, or fails. */
export function changed(pool: Pool, index: number, change: 'up' | 'down'): PoolTurn {
  const failing = pool.failing.map((n, i) => (i === index ? n + (change === 'up' ? -1 : 1) : n));
  const next = { ...pool, failing };
  const isAlive = failing[index] === 0;
  const real = pool.server.realServers[index];
  if (real === undefined || pool.alive[index] === isAlive) return { pool: next, effects: [] };
  const { server, quorumUp, sorry } = pool;
  const words = real.inhibit
    ? ([isAlive ? 'Enabling' : 'Disabling', 'of'] as const)
    : ([isAlive ? 'Adding' : 'Removing', isAlive ? 'to' : 'from'] as const);
  const text = `${words[0]} service ${trio(real, server.proto)} ${words[1]} VS ${trio(server, server.proto)}`;
  const isShown = quorumUp || !sorry;
  const alive = pool.alive.map((one, i) => (i === index ? isAlive : one));
  const turn = quorum({ ...next, alive }, false);
  return {
    pool: turn.pool,
    effects: [
      { kind: 'log', text },
      ...(isShown ? [isAlive ? inside(real, true) : outside(real)] : []),
      ...turn.effects,
    ],
  };
}

/** What keepalived logs as it ends; all destinations go with the virtual server. */
export function stopLogs({ server, alive }: Pool): readonly string[] {
  const name = trio(server, server.proto);
  return server.realServers.map((real, i) => {
    const inhibited = real.inhibit && alive[i] !== true ? '(inhibited) ' : '';
    return `Shutting down ${inhibited}service ${trio(real, server.proto)} from VS ${name}`;
  });
}

function inside({ addr, port, weight }: RealServerConf, counts: boolean): PoolEffect {
  return { kind: 'destination', addr, port, weight: counts ? weight : 0 };
}

function outside({ addr, port, inhibit }: RealServerConf): PoolEffect {
  return { kind: 'destination', addr, port, weight: inhibit ? 0 : null };
}

function liveWeight({ server, alive }: Pool): number {
  return server.realServers.reduce((sum, { weight }, i) => sum + (alive[i] ? weight : 0), 0);
}

function quorum(pool: Pool, init: boolean): PoolTurn {
  const { server, quorumUp, sorry } = pool;
  const { hysteresis, sorryServer } = server;
  const weight = liveWeight(pool);
  const threshold = server.quorum + (quorumUp ? -hysteresis : hysteresis);
  if (!quorumUp && weight >= threshold) return gained(pool, weight, threshold);
  const isLost = quorumUp && (weight === 0 || weight < threshold);
  if (!isLost && !(init && !quorumUp && sorryServer !== null && !sorry)) {
    return { pool, effects: [] };
  }
  const start = init ? 'Starting with quorum down' : 'Lost quorum';
  const numbers = `${server.quorum}-${hysteresis}=${threshold} > ${weight}`;
  const name = trio(server, server.proto);
  const text = `${start} ${numbers} for VS ${name}`;
  const lost = { ...pool, quorumUp: false };
  if (sorryServer === null || sorry) return { pool: lost, effects: [{ kind: 'log', text }] };
  const { addr, port } = sorryServer;
  return {
    pool: { ...lost, sorry: true },
    effects: [
      { kind: 'log', text },
      { kind: 'log', text: `Adding sorry server ${trio(sorryServer, server.proto)} to VS ${name}` },
      { kind: 'log', text: `Removing alive servers from the pool for VS ${name}` },
      ...aliveOf(pool).map(outside),
      { kind: 'destination', addr, port, weight: 1 },
    ],
  };
}

function gained(pool: Pool, weight: number, threshold: number): PoolTurn {
  const { server, sorry } = pool;
  const { sorryServer } = server;
  const name = trio(server, server.proto);
  const numbers = `${server.quorum}+${server.hysteresis}=${threshold} <= ${weight}`;
  const log: PoolEffect = { kind: 'log', text: `Gained quorum ${numbers} for VS ${name}` };
  const up = { ...pool, quorumUp: true };
  if (sorryServer === null || !sorry) return { pool: up, effects: [log] };
  const { addr, port } = sorryServer;
  const text = `Removing sorry server ${trio(sorryServer, server.proto)} from VS ${name}`;
  return {
    pool: { ...up, sorry: false },
    effects: [
      log,
      { kind: 'log', text },
      { kind: 'destination', addr, port, weight: null },
      { kind: 'log', text: `Adding alive servers to the pool for VS ${name}` },
      ...aliveOf(pool).map((real) => inside(real, true)),
    ],
  };
}

function aliveOf({ server, alive }: Pool): readonly RealServerConf[] {
  return server.realServers.filter((_, i) => alive[i] === true);
}
