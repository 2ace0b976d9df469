// What policies are judged by: policies, Pods, Namespaces, Nodes and, where cluster IPs count, Services as the watch events
// told them. As long as there is no policy nothing else is kept. A picture of it is immutable and shared by forks until
// something changes that a policy could tell; rules hang on its identity.
import type { ClusterPolicy } from '../../api/clusterpolicy/types.ts';
import type { AnyObject, NetworkPolicy, Node, Pod, Service, WatchEvent } from '../../api/types.ts';
import { sameValue } from '../../api/values.ts';
import { type Addr, parseAddr } from '../../net/addr.ts';
import { Table } from '../../sim/table.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { networkPolicy } from './network-policy.ts';
import { type Labels, type PolicyPod, policyPodOf } from './pods.ts';
import { holdsLabels, holdsPod, type PodSet, type Policy } from './policy.ts';
import { type PolicyService, policyServiceOf } from './services.ts';

export interface PolicyNode {
  readonly labels: Labels;
  readonly addresses: readonly Addr[];
}

/** Kinds of policies, and how each is read. */
const readers: Readonly<Record<string, (object: AnyObject) => Policy>> = {
  NetworkPolicy: (object) => networkPolicy(object as unknown as NetworkPolicy),
  AdminNetworkPolicy: (object) => clusterPolicy(object as unknown as ClusterPolicy),
  BaselineAdminNetworkPolicy: (object) => clusterPolicy(object as unknown as ClusterPolicy),
  ClusterNetworkPolicy: (object) => clusterPolicy(object as unknown as ClusterPolicy),
};

export const policyKinds: readonly string[] = Object.keys(readers);

/** Of what policies select and read; Services only where they are judged by cluster IPs. */
function selectedKinds(clusterIPs: boolean): readonly string[] {
  return ['Namespace', 'Node', 'Pod', ...(clusterIPs ? ['Service'] : [])];
}

/** The kinds whose changes policies hear of. */
export function watchedKinds(clusterIPs: boolean): readonly string[] {
  return [...policyKinds, ...selectedKinds(clusterIPs)];
}

/** Lists what is stored of a kind, when the first policy comes. */
export type Stored = (kind: string) => readonly AnyObject[];

/** One moment; never written to. */
export class PolicyPicture {
  readonly pods: Table<PolicyPod>;
  readonly byAddress: Table<PolicyPod>;
  readonly namespaces: Table<Labels>;
  readonly nodes: Table<PolicyNode>;
  /** Empty but where policies are judged by cluster IPs. */
  readonly services: Table<PolicyService>;
  readonly policies: Table<Policy>;
  #podsIn: ReadonlyMap<string, readonly PolicyPod[]> | undefined;
  #byNamespace: ReadonlyMap<string, readonly Policy[]> | undefined;

  constructor({ pods, byAddress, namespaces, nodes, services, policies }: Tables) {
    this.pods = pods;
    this.byAddress = byAddress;
    this.namespaces = namespaces;
    this.nodes = nodes;
    this.services = services;
    this.policies = policies;
  }

  podAt(value: Addr): PolicyPod | undefined {
    return this.byAddress.get(`${value}`);
  }

  holds(set: PodSet, pod: PolicyPod): boolean {
    return holdsPod(set, pod, this.namespaces.get(pod.namespace));
  }

  /** As `holds`, of labels in a namespace. */
  holdsLabels(set: PodSet, namespace: string, labels: Labels): boolean {
    return holdsLabels(set, namespace, labels, this.namespaces.get(namespace));
  }

  podsIn(namespace: string): readonly PolicyPod[] {
    this.#podsIn ??= groupedBy(this.pods.values(), ({ namespace }) => namespace);
    return this.#podsIn.get(namespace) ?? [];
  }

  /** The policies that mean the Pod, in the order in which they are asked. */
  policiesFor(pod: PolicyPod): readonly Policy[] {
    this.#byNamespace ??= grouped([...this.policies.values()]);
    const meant = [
      ...(this.#byNamespace.get('') ?? []),
      ...(this.#byNamespace.get(pod.namespace) ?? []),
    ];
    return meant.filter(({ subject }) => this.holds(subject, pod));
  }
}

/** By the namespace of the subject, "" for all; by priority, then name. */
function grouped(policies: readonly Policy[]): ReadonlyMap<string, readonly Policy[]> {
  const groups = groupedBy(policies, ({ subject }) => subject.namespace ?? '');
  for (const group of groups.values()) group.sort((a, b) => a.priority - b.priority);
  return groups;
}

function groupedBy<V>(values: Iterable<V>, keyOf: (value: V) => string): ReadonlyMap<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

interface Tables {
  pods: Table<PolicyPod>;
  byAddress: Table<PolicyPod>;
  namespaces: Table<Labels>;
  nodes: Table<PolicyNode>;
  services: Table<PolicyService>;
  policies: Table<Policy>;
}

export class PolicyWorld {
  readonly #clusterIPs: boolean;
  #tables: Tables = emptyTables();
  #picture: PolicyPicture | null = null;
  /** A policy was written that was not heard of yet. */
  #isAwaited = false;

  constructor(clusterIPs = false) {
    this.#clusterIPs = clusterIPs;
  }

  fork(): PolicyWorld {
    const copy = new PolicyWorld(this.#clusterIPs);
    copy.#tables = forked(this.#tables);
    copy.#picture = this.#picture;
    copy.#isAwaited = this.#isAwaited;
    return copy;
  }

  /** Whether any policy was heard of. */
  get isBusy(): boolean {
    return this.#tables.policies.size > 0;
  }

  /** Whether events matter: there is a policy, or news of one is on its way. */
  get listens(): boolean {
    return this.isBusy || this.#isAwaited;
  }

  /** A policy was written; its event comes later. */
  expect(): void {
    this.#isAwaited = true;
  }

  /** Null without a policy. */
  get picture(): PolicyPicture | null {
    if (!this.isBusy) return null;
    this.#picture ??= new PolicyPicture(forked(this.#tables));
    return this.#picture;
  }

  /** Takes in what happened; true: rules may have changed. */
  receive(events: readonly WatchEvent[], stored: Stored): boolean {
    const wasBusy = this.isBusy;
    this.#isAwaited = false;
    let changed = false;
    for (const event of events) changed = this.#take(event) || changed;
    if (!wasBusy && this.isBusy) {
      for (const kind of selectedKinds(this.#clusterIPs)) {
        for (const object of stored(kind)) this.#put(kind, object);
      }
    }
    if (wasBusy && !this.isBusy) this.#tables = emptyTables();
    if (changed) this.#picture = null;
    return changed;
  }

  #take({ kind, key, type, object }: WatchEvent): boolean {
    const { policies, namespaces, nodes, services } = this.#tables;
    const read = readers[kind];
    if (read !== undefined) {
      if (type === 'DELETED') return policies.delete(`${kind}/${key}`);
      policies.set(`${kind}/${key}`, read(object));
      return true;
    }
    if (!this.isBusy) return false;
    if (type !== 'DELETED') return this.#put(kind, object);
    if (kind === 'Pod') return this.#setPod(key, null);
    if (kind === 'Service') return services.delete(key);
    return (kind === 'Node' ? nodes : namespaces).delete(key);
  }

  #put(kind: string, object: AnyObject): boolean {
    const { name, labels = {} } = object.metadata;
    switch (kind) {
      case 'Pod': {
        const pod = object as unknown as Pod;
        return this.#setPod(`${pod.metadata.namespace ?? 'default'}/${name}`, policyPodOf(pod));
      }
      case 'Node': {
        const addresses = addressesOf(object as unknown as Node);
        return put(this.#tables.nodes, name, { labels, addresses });
      }
      case 'Service': {
        if (!this.#clusterIPs) return false;
        const service = object as unknown as Service;
        const key = `${service.metadata.namespace ?? 'default'}/${name}`;
        const read = policyServiceOf(service);
        return read === null
          ? this.#tables.services.delete(key)
          : put(this.#tables.services, key, read);
      }
      default:
        return put(this.#tables.namespaces, name, labels);
    }
  }

  #setPod(key: string, pod: PolicyPod | null): boolean {
    const { pods, byAddress } = this.#tables;
    const before = pods.get(key) ?? null;
    if (sameValue(before, pod)) return false;
    for (const value of before?.addresses ?? []) {
      if (byAddress.get(`${value}`)?.key === key) byAddress.delete(`${value}`);
    }
    for (const value of pod?.addresses ?? []) byAddress.set(`${value}`, pod as PolicyPod);
    if (pod === null) pods.delete(key);
    else pods.set(key, pod);
    return true;
  }
}

function emptyTables(): Tables {
  return {
    pods: new Table(),
    byAddress: new Table(),
    namespaces: new Table(),
    nodes: new Table(),
    services: new Table(),
    policies: new Table(),
  };
}

function forked(tables: Tables): Tables {
  return {
    pods: tables.pods.fork(),
    byAddress: tables.byAddress.fork(),
    namespaces: tables.namespaces.fork(),
    nodes: tables.nodes.fork(),
    services: tables.services.fork(),
    policies: tables.policies.fork(),
  };
}

function put<V>(table: Table<V>, key: string, value: V): boolean {
  if (sameValue(table.get(key), value)) return false;
  table.set(key, value);
  return true;
}

function addressesOf({ status }: Node): readonly Addr[] {
  return (status?.addresses ?? []).flatMap(({ address }) => parseAddr(address) ?? []);
}
