// The health checks of a cloud's balancers: who is asked what (KEP-3836), when, and what follows for packets. HTTP checks
// are judged at the node's socket, without packets; checks of a node port are TCP connections through all rules, from an
// address of the provider. A check that comes to nothing counts when it is sent, not when the balancer gives up.
import type { CloudName } from '../api/cloud-providers.table.ts';
import { keyOf, type Service } from '../api/types.ts';
import { type Addr, addr, familyOf, formatAddr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import { type DialText, dialFrom } from './dialling.ts';
import { passesHealthCheck, passesProxyCheck } from './proxy-health.ts';
import type { State } from './state.ts';

/** Tells the outside world which nodes get what is sent to the Service's balancer. */
export function announceTargets(state: State, service: Service): void {
  const { causes, cloud, fabric, spec } = state.parts;
  const balancer = cloud?.of(service);
  if (cloud == null || balancer === undefined || spec.cloudProvider?.ipMode !== 'VIP') return;
  const { address, ports } = balancer;
  const nodes = cloud.targetsOf(service).filter((node) => fabric.has(`node/${node}`));
  const hashed = cloud.hashedFor(service);
  const before = fabric.announced.get(address);
  const isSame = before?.ports === ports && before.hashed === hashed;
  if (isSame && before.nodes.join() === nodes.join()) return;
  const origin = causes.intern(`Service/${keyOf(service)}`, 'spec.type', 'cloud');
  fabric.announce(address, { nodes, ports, hashed, by: balancerOf(service), origin });
}

/** How traces name it. */
export function balancerOf(service: Service): string {
  return `the load balancer of ${keyOf(service)}`;
}

/** Looks at each node of the Service's balancer. `isDue`: as a check, which counts. */
export function lookAtTargets(state: State, service: Service, isDue: boolean): void {
  const { cloud } = state.parts;
  for (const node of cloud?.of(service)?.nodes ?? []) {
    cloud?.looked(service, node, passes(state, service, node), isDue);
  }
}

/** What balancers find whose checks take no time, or whose nodes were just named. Called when an answer can have changed. */
export function checkBalancers(state: State): void {
  const { cloud, api } = state.parts;
  for (const key of cloud?.services() ?? []) {
    const service = api.get('Service', key);
    if (service === undefined) continue;
    lookAtTargets(state, service, false);
    announceTargets(state, service);
  }
}

/** Whether the rules decide checks, so that every change of endpoints can change an answer. */
export function asksNodePorts({ parts }: State): boolean {
  return parts.spec.cloudProvider?.checks.Cluster.asks === 'node-port';
}

/** As if every node had been checked for long: what a cluster begins with has come to rest. */
export function restBalancers(state: State): void {
  const { cloud, api } = state.parts;
  for (const key of cloud?.services() ?? []) {
    const service = api.get('Service', key);
    if (service === undefined || cloud == null) continue;
    const { unhealthyThreshold, healthyThreshold } = cloud.checkOf(service);
    const times = Math.max(unhealthyThreshold, healthyThreshold);
    for (let i = 0; i < times; i++) lookAtTargets(state, service, true);
    announceTargets(state, service);
  }
}

/** The Service's balancer, and how often it checked its nodes when this began. */
interface Round {
  readonly service: string;
  readonly uid: string;
  readonly intervalMs: number;
}

/** Checks go on for as long as the balancer is there; a new interval begins anew. */
export function beginChecks(state: State, service: Service): void {
  const { cloud, engine } = state.parts;
  const { uid = '' } = service.metadata;
  if (cloud?.of(service) === undefined) return;
  const { intervalMs } = cloud.checkOf(service);
  if (cloud.begins(uid, intervalMs)) {
    const round: Round = { service: keyOf(service), uid, intervalMs };
    engine.call('check-balancer', round, intervalMs, true);
  }
}

/** A delayed call of the engine (assemble.ts). */
export function checkBalancer(state: State, round: Round): void {
  const { cloud, api, engine } = state.parts;
  const service = api.get('Service', round.service);
  if (service?.metadata.uid !== round.uid || cloud?.of(service) === undefined) return;
  if (!cloud.isAt(round.uid, round.intervalMs)) return;
  lookAtTargets(state, service, true);
  announceTargets(state, service);
  engine.call('check-balancer', round, round.intervalMs, true);
}

function passes(state: State, service: Service, node: string): boolean {
  const { cloud, fabric } = state.parts;
  const machine = `node/${node}`;
  if (cloud === null || !fabric.has(machine)) return false;
  const { asks } = cloud.checkOf(service);
  if (asks === 'node-port' && isUnprobed(state, service)) return true;
  if (fabric.isDown(machine)) return false;
  switch (asks) {
    case 'health-check-node-port':
      return passesHealthCheck(state, node, keyOf(service));
    case 'kube-proxy':
      return passesProxyCheck(state, node);
    case 'node-port':
      return connects(state, service, machine);
  }
}

/** Providers' documented sources of checks; AWS's are the balancer's own in its subnet, so this one is made up. */
const checkers: Readonly<Record<CloudName, readonly [string, string]>> = {
  gce: ['35.191.0.1', '2600:2d00:1:b029::1'],
  aws: ['198.18.0.1', '2001:2::1'],
  azure: ['168.63.129.16', '2001:2::1'],
};

/** Azure probes no node for a Service without a TCP port (buildHealthProbeRulesForPort): all stay in service. */
function isUnprobed({ parts }: State, { spec }: Service): boolean {
  if (parts.spec.cloudProvider?.name !== 'azure') return false;
  return (spec.ports ?? []).every(({ protocol }) => protocol !== undefined && protocol !== 'TCP');
}

/** A TCP connection to the first TCP port's node port, else to the first one: all ports are in service together. */
function connects(state: State, { spec }: Service, machine: string): boolean {
  const { fabric } = state.parts;
  const ports = (spec.ports ?? []).filter(({ nodePort }) => nodePort !== undefined);
  const tcp = ports.find(({ protocol = 'TCP' }) => protocol === 'TCP');
  const port = (tcp ?? ports[0])?.nodePort;
  const to = fabric.addressOf(machine, 0) ?? fabric.addressOf(machine, 0n);
  if (port === undefined || to === undefined) return false;
  const from = checkerFor(state, to);
  const request: DialText = { from, proto: TCP, to, port, message: '', timeoutMs: 5_000 };
  return dialFrom(state, request).outcome === 'answered';
}

function checkerFor(state: State, to: Addr): string {
  const { fabric, spec } = state.parts;
  const [four, six] = checkers[spec.cloudProvider?.name ?? 'gce'];
  const ip = addr(familyOf(to) === 4 ? four : six);
  const owner = fabric.ownerOf(ip);
  if (owner !== undefined) return owner;
  const name = `health-checks-${formatAddr(ip)}`;
  fabric.addHost({ name, ip, routes: [] });
  return `host/${name}`;
}
