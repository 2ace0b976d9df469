// From the names people use to machines and addresses: a workload stands for its Pods by name, an unknown outside
// address becomes a host of its own.
import { podSubnets, serviceSubnets } from '../api/cluster-spec.ts';
import { InputError } from '../api/input-error.ts';
import { keyOf, type Pod } from '../api/types.ts';
import { type Addr, formatAddr, parseAddr } from '../net/addr.ts';
import { cidr, contains } from '../net/cidr.ts';
import type { State } from './state.ts';
import { parseWho, type WhoRef } from './who.ts';

/** The Pod behind "pod/ns/name", if there is one. */
export function podOf(state: State, machine: string): Pod | undefined {
  return machine.startsWith('pod/')
    ? state.parts.api.get('Pod', machine.slice('pod/'.length))
    : undefined;
}

/** All machines a WHO stands for, by name. Throws InputError unknown-object when there is none. */
export function machinesFor(state: State, who: string): readonly string[] {
  const ref = parseWho(who);
  const { fabric } = state.parts;
  switch (ref.kind) {
    case 'pod':
      if (fabric.has(`pod/${ref.key}`)) return [`pod/${ref.key}`];
      throw unknownPod(state, ref.key);
    case 'node':
    case 'host': {
      const machine = `${ref.kind}/${ref.name}`;
      const isRetired = ref.kind === 'node' && state.parts.api.get('Node', ref.name) === undefined;
      if (fabric.has(machine) && !isRetired) return [machine];
      throw new InputError('unknown-object', `there is no ${ref.kind} "${ref.name}"`, {
        hint: known(state, ref.kind),
      });
    }
    case 'workload':
      return workloadMachines(state, ref);
    case 'address':
      return [outsider(state, ref.addr)];
    case 'service':
      throw new InputError('usage', `a Service is not a client: "${who}"`, {
        hint: 'name a Pod, a workload, a node or a host',
      });
  }
}

/** The one machine a client is: of a workload the first Pod by name. */
export function machineFor(state: State, who: string): string {
  return machinesFor(state, who)[0] as string;
}

function workloadMachines(
  state: State,
  ref: Extract<WhoRef, { kind: 'workload' }>,
): readonly string[] {
  const { api, fabric } = state.parts;
  const owner = api.get(ref.of, ref.key);
  if (owner === undefined) {
    throw unknownWorkload(state, ref);
  }
  const namespace = ref.key.slice(0, ref.key.indexOf('/'));
  const owners = new Set([owner.metadata.uid]);
  if (ref.of === 'Deployment') {
    for (const set of api.list('ReplicaSet', namespace)) {
      if (set.metadata.ownerReferences?.some((o) => owners.has(o.uid)))
        owners.add(set.metadata.uid);
    }
  }
  const machines = api
    .list('Pod', namespace)
    .filter((pod) => pod.metadata.ownerReferences?.some((o) => owners.has(o.uid)))
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .map((pod) => `pod/${namespace}/${pod.metadata.name}`)
    .filter((machine) => fabric.has(machine));
  if (machines.length > 0) return machines;
  throw new InputError('not-running', `${ref.of} "${ref.key}" has no running Pod`);
}

/** "This host", loopback, multicast and what is above it. */
const neverOutside = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '::/127', 'ff00::/8'].map(cidr);

/** A bare outside address: the machine that has it, else a new host. */
function outsider(state: State, addr: Addr): string {
  const { fabric } = state.parts;
  const owner = fabric.ownerOf(addr);
  if (owner !== undefined) return owner;
  const name = formatAddr(addr);
  const { spec } = state.parts;
  const own = [...podSubnets(spec), ...serviceSubnets(spec), ...neverOutside];
  if (own.some((range) => contains(range, addr))) {
    throw new InputError('unknown-object', `nobody has the address ${name}, nor can one outside`, {
      hint: 'name an outside IP address, or a Pod, a workload, a node or a host',
    });
  }
  fabric.addHost({ name, ip: addr, routes: [] });
  return `host/${name}`;
}

const shortTypes = {
  deploy: 'Deployment',
  sts: 'StatefulSet',
  ds: 'DaemonSet',
  rs: 'ReplicaSet',
} as const;
type ShortType = keyof typeof shortTypes;

function unknownWorkload(
  { parts: { api } }: State,
  { of, key }: Extract<WhoRef, { kind: 'workload' }>,
): InputError {
  const [namespace = '', name = ''] = key.split('/');
  const all = api.list(of);
  const twin = all.find((one) => one.metadata.name === name);
  const names = all.filter((one) => one.metadata.namespace === namespace);
  const known = names.slice(0, 10).map((one) => one.metadata.name);
  const short = Object.keys(shortTypes).find((type) => shortTypes[type as ShortType] === of);
  const hint =
    twin !== undefined
      ? `it is in namespace "${twin.metadata.namespace}": write ${short}/${keyOf(twin)}`
      : known.length === 0
        ? `namespace "${namespace}" has no ${of}`
        : `${of}s in "${namespace}": ${known.join(', ')}`;
  return new InputError('unknown-object', `there is no ${of} "${key}"`, { hint });
}

function unknownPod(state: State, key: string): InputError {
  const pod = state.parts.api.get('Pod', key);
  const namespace = key.slice(0, key.indexOf('/'));
  if (pod !== undefined) {
    const phase = pod.status?.phase ?? 'Pending';
    return new InputError('not-running', `Pod "${key}" does not run: it is ${phase}`, {
      hint: pod.status?.conditions?.find((c) => c.status === 'False')?.message ?? '',
    });
  }
  const names = state.parts.api.list('Pod', namespace).map((p) => p.metadata.name);
  const short = Object.keys(shortTypes).find((type) => {
    return state.parts.api.get(shortTypes[type as ShortType], key) !== undefined;
  });
  if (short !== undefined) {
    const kind = shortTypes[short as ShortType];
    const name = key.replace(/^default\//, '');
    const hint = `a ${kind} has this name: write ${short}/${key} (in a feature: ${kind} "${name}")`;
    return new InputError('unknown-object', `there is no Pod "${key}"`, { hint });
  }
  return new InputError('unknown-object', `there is no Pod "${key}"`, {
    hint:
      names.length === 0
        ? `namespace "${namespace}" has no Pod`
        : `Pods in "${namespace}": ${names.slice(0, 10).join(', ')}`,
  });
}

function known(state: State, kind: 'node' | 'host'): string {
  const { spec } = state.parts;
  const names = kind === 'node' ? spec.nodes.map((n) => n.name) : spec.hosts.map((h) => h.name);
  return names.length === 0 ? `the cluster has no ${kind}s` : `${kind}s: ${names.join(', ')}`;
}

/** Addresses of a Pod, workload, node, host or Service. */
export function addressesFor(state: State, who: string): readonly Addr[] {
  const ref = parseWho(who);
  const { api, spec } = state.parts;
  switch (ref.kind) {
    case 'address':
      return [ref.addr];
    case 'service':
      return (api.get('Service', ref.key)?.spec.clusterIPs ?? []).flatMap(
        (t) => parseAddr(t) ?? [],
      );
    case 'host':
      return spec.hosts.filter((h) => h.name === ref.name).map((h) => h.ip);
    case 'node': {
      const addresses = api.get('Node', ref.name)?.status?.addresses ?? [];
      return addresses.flatMap((a) => (a.type === 'Hostname' ? [] : (parseAddr(a.address) ?? [])));
    }
    case 'pod':
    case 'workload':
      return machinesFor(state, who).flatMap((machine) =>
        (podOf(state, machine)?.status?.podIPs ?? []).flatMap(({ ip }) => parseAddr(ip) ?? []),
      );
  }
}
