// Outside hosts that run keepalived: it starts and stops with the process or the machine, its VRRP instances move the virtual
// addresses on the virtual clock, and its virtual servers are IPVS's. The protocol is src/cloud/keepalived's; packets are
// decided by IPVS and the rules on the host alone.
import { InputError, type Position } from '../api/input-error.ts';
import { type Lan, Segment } from '../cloud/keepalived/segment.ts';
import type { Router } from '../cloud/keepalived/vrrp.ts';
import { cross, linkKey } from '../fabric/link.ts';
import type { Director } from './cluster.ts';
import { endServers, restChecks, startServers } from './director-checks.ts';
import { type DirectorSpec, directorsOf } from './director-state.ts';
import type { State } from './state.ts';

/** Throws InputError unknown-object, usage. */
export function directorNamed(state: State, name: string): DirectorSpec {
  const all = directorsOf(state);
  const found = all.find((host) => host.name === name);
  if (found !== undefined) return found;
  const isHost = state.parts.spec.hosts.some((host) => host.name === name);
  const names = all.map((host) => host.name).join(', ');
  throw new InputError(
    isHost ? 'usage' : 'unknown-object',
    isHost ? `host "${name}" runs no keepalived` : `there is no host "${name}"`,
    {
      hint:
        names === '' ? 'give a host of the Cluster document a keepalived' : `directors: ${names}`,
    },
  );
}

/** Starts them as if they had been running for long: masters are elected, every real server was checked. */
export function restDirectors(state: State): void {
  const { directors } = state.parts;
  const all = directorsOf(state);
  if (all.length === 0) return;
  const instances = all.flatMap(({ keepalived }) => keepalived.instances);
  const longestMs = Math.max(0, ...instances.map((one) => one.advertMs * one.downTimerAdverts));
  const trial = new Segment();
  const nobody: Lan = { hears: () => true, log: () => {}, hold: () => {}, announce: () => {} };
  const start = (segment: Segment, sinceMs: number, lan: Lan) => {
    for (const { name, ip, keepalived } of all) {
      segment.start(name, ip, keepalived.instances, sinceMs, lan);
    }
    segment.run(state.nowMs, lan);
  };
  const longMs = 3 * longestMs + 10_000;
  start(trial, state.nowMs - longMs, nobody);
  // The first master has just advertised itself.
  const master = trial.routers().find((one) => one.state === 'MASTER');
  const sinceLastMs =
    master === undefined ? 0 : state.nowMs - master.dueMs + master.instance.advertMs;
  for (const { name } of all) directors.begin(name);
  start(directors.segment, state.nowMs - longMs + sinceLastMs, lanOf(state));
  for (const host of all) {
    startServers(state, host);
    restChecks(state, host);
  }
  plan(state);
}

export function startDirector(state: State, host: DirectorSpec): void {
  const { directors, fabric } = state.parts;
  const { name, ip, keepalived } = host;
  if (directors.runs.has(name) || fabric.isDown(`host/${name}`)) return;
  directors.begin(name);
  directors.segment.start(name, ip, keepalived.instances, state.nowMs, lanOf(state));
  startServers(state, host);
  plan(state);
}

/** SIGTERM: it says good-bye, and takes its addresses and virtual servers away. */
export function stopDirector(state: State, host: DirectorSpec): void {
  const { directors } = state.parts;
  const { name } = host;
  if (!directors.runs.has(name)) return;
  directors.segment.end(name, 'stopped', state.nowMs, lanOf(state));
  endServers(state, host, 'stopped');
  directors.runs.delete(name);
  plan(state);
}

/** The machine goes off without a word, or boots with nothing in its kernel. Other hosts only go off and on. */
export function switchHost(state: State, name: string, down: boolean): void {
  const { directors, fabric, spec } = state.parts;
  const machine = `host/${name}`;
  if (!spec.hosts.some((host) => host.name === name)) {
    const names = spec.hosts.map((host) => host.name).join(', ');
    const hint = names === '' ? 'the Cluster document has no hosts' : `hosts: ${names}`;
    throw new InputError('unknown-object', `there is no host "${name}"`, { hint });
  }
  if (fabric.isDown(machine) === down) return;
  fabric.setDown(machine, down);
  const host = directorsOf(state).find((one) => one.name === name);
  if (host === undefined) return;
  if (!down) {
    startDirector(state, host);
    return;
  }
  const lan: Lan = { ...lanOf(state), log: () => {} };
  directors.segment.end(name, 'gone', state.nowMs, lan);
  endServers(state, host, 'gone');
  directors.runs.delete(name);
  for (const { name: instance } of host.keepalived.instances) {
    directors.held.delete(`${name} ${instance}`);
  }
  fabric.setFloating(machine, []);
  fabric.reboot(machine);
  plan(state);
}

/** A delayed call of the engine (assemble.ts). */
export function wakeDirectors(state: State, { atMs }: { readonly atMs: number }): void {
  const { directors } = state.parts;
  if (directors.plannedMs !== atMs) return;
  directors.plannedMs = null;
  directors.segment.run(state.nowMs, lanOf(state));
  plan(state);
}

/** The next time at which a VRRP instance has something to do. */
function plan(state: State): void {
  const { directors, engine } = state.parts;
  const atMs = directors.segment.nextMs;
  if (atMs === undefined || directors.plannedMs === atMs) return;
  directors.plannedMs = atMs;
  engine.call('wake-directors', { atMs }, Math.max(0, atMs - state.nowMs), true);
}

function lanOf(state: State): Lan {
  const { directors, fabric } = state.parts;
  return {
    hears(from, to) {
      const [a, b] = [`host/${from}`, `host/${to}`];
      if (fabric.isDown(a) || fabric.isDown(b)) return false;
      return cross(fabric.link(a, b), linkKey(a, b), state.choices) === 'passed';
    },
    log: (host, text) => directors.log(host, text),
    hold(router, held) {
      const key = `${router.host} ${router.instance.name}`;
      if (held) directors.held.set(key, true);
      else directors.held.delete(key);
      fabric.setFloating(`host/${router.host}`, addressesHeld(state, router.host));
    },
    announce(router: Router) {
      if (fabric.isDown(`host/${router.host}`)) return;
      for (const { addr } of router.instance.virtualAddresses) {
        fabric.claims.claim(`host/${router.host}`, addr);
      }
    },
  };
}

/** The virtual addresses that a host has now. */
function addressesHeld(state: State, name: string) {
  const { directors, spec } = state.parts;
  const host = spec.hosts.find((one) => one.name === name);
  return (host?.keepalived?.instances ?? [])
    .filter((instance) => directors.held.has(`${name} ${instance.name}`))
    .flatMap(({ virtualAddresses }) => virtualAddresses.map(({ addr }) => addr));
}

/** The directors as the cluster's face shows them. */
export function directorViews(state: State): readonly Director[] {
  return directorsOf(state).map(({ name, keepalived }) => ({
    host: name,
    running: state.parts.directors.runs.has(name),
    addresses: keepalived.instances.flatMap(({ virtualAddresses }) =>
      virtualAddresses.map(({ addr }) => addr),
    ),
    held: addressesHeld(state, name),
    servers: keepalived.virtualServers,
  }));
}

/** What `locate` answers about a host: where its keepalived.conf says what `path` names; null for anything else. */
export function locateInHost({ parts }: State, object: string, path: string): Position | null {
  const conf = parts.spec.hosts.find(({ name }) => `host/${name}` === object)?.keepalived;
  const [, kind, index, real] =
    /^keepalived\.(\w+)\[(\d+)\](?:\.real_server\[(\d+)\])?/.exec(path) ?? [];
  if (conf === undefined || index === undefined) return null;
  if (kind === 'vrrp_instance') return conf.instances[Number(index)]?.position ?? null;
  const server = conf.virtualServers[Number(index)];
  if (real === undefined) return server?.position ?? null;
  return server?.realServers[Number(real)]?.position ?? null;
}
