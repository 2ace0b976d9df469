// How everything in a cluster dials: brings the rules of the nodes up to date, then lets the fabric carry the packets,
// and finds the program behind the socket that takes them.

import { type ClusterSpec, podSubnets, serviceSubnets } from '../api/cluster-spec.ts';
import type { Node } from '../api/types.ts';
import { usualEngine } from '../cni/policy/hooks.ts';
import { policyLayer } from '../cni/policy/table.ts';
import type { CniNode } from '../cni/profile.ts';
import { profileNamed } from '../cni/profiles.ts';
import type { Moment } from '../fabric/moment.ts';
import { ping } from '../fabric/ping.ts';
import { kubeletLayer } from '../kubelet/iptables.ts';
import { type Family, familyOf, parseAddr } from '../net/addr.ts';
import { type Cidr, parseCidr } from '../net/cidr.ts';
import type { RuleLayer, RuleSource } from '../netfilter/rule.ts';
import { composeRules } from '../netfilter/ruleset.ts';
import type { DialRequest, DialResult, Pinged } from '../node/dial.ts';
import type { ServerProgram } from '../node/program.ts';
import type { Socket } from '../node/socket.ts';
import type { ProxyNode } from '../proxy/config.ts';
import type { Written } from '../proxy/mode.ts';
import type { Choices } from '../sim/choices.ts';
import { serverOf } from './programs.ts';
import { proxyNodeOf } from './proxies.ts';
import { layersLeft } from './proxy-left.ts';
import type { State } from './state.ts';

export type DialText = Omit<DialRequest, 'message'> & { readonly message: string | Uint8Array };

export function encoder(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** One attempt from a machine, `laterMs` after the cluster's clock. */
export function dialFrom(
  state: State,
  request: DialText,
  laterMs = 0,
  atOnce = false,
  choices: Choices = state.choices,
): DialResult {
  refreshRules(state);
  const message = typeof request.message === 'string' ? encoder(request.message) : request.message;
  const moment = { ...momentOf(state, laterMs), atOnce, choices };
  return state.parts.fabric.dial({ ...request, message }, moment);
}

/** One echo request from a machine and what it hears. */
export function pingFrom(
  state: State,
  from: string,
  to: DialRequest['to'],
  id: number,
  laterMs: number,
): Pinged {
  refreshRules(state);
  return ping(state.parts.fabric, { from, to, id }, momentOf(state, laterMs));
}

/** What packets that travel now are told. */
export function momentOf(state: State, laterMs = 0): Moment {
  return {
    choices: state.choices,
    nowMs: state.nowMs + laterMs,
    programs: (id: string, socket: Socket, machine: string): ServerProgram =>
      serverOf(state, id, socket, machine),
  };
}

/** All of a node's rules. */
export function rulesOn(state: State, node: string, family: Family): RuleSource {
  return composeRules(family, layersOn(state, node, family));
}

/** What each owner has written on a node, bottom layer first: the kubelet's, the proxy's, portmap's, the CNI's, a
 * node-local DNS cache's, the policies'. */
export function layersOn(state: State, node: string, family: Family): readonly RuleLayer[] {
  const { spec } = state.parts;
  const cni = profileNamed(spec.cniProfile).layer(cniNodeOn(state, node), family);
  const { dns, hostPorts, proxies } = state.parts;
  const written = writtenOn(state, node, family);
  if (written?.refused !== undefined) tellOfRefused(state, node, written.refused);
  // Its own, from before, stands as long as nothing else can be loaded.
  const isWritten = written !== undefined && written.refused === undefined;
  const left = layersLeft(
    proxies.leftOn(node, family),
    isWritten ? proxies.modeOf(node).name : null,
  );
  const own = written === undefined ? left : [...left, written.layer];
  const policies = policyLayers(state, node, family);
  const cache = dns.caches.layer(node, family);
  const hosted = [hostPorts.layer(node, family), cni, cache];
  const all = [kubeletLayer(family), ...own, ...hosted, ...policies];
  return all.filter((layer) => layer !== undefined && layer.family === family) as RuleLayer[];
}

/** The policies' rules, where there are policies and somebody who enforces them. */
function policyLayers(state: State, node: string, family: Family): readonly RuleLayer[] {
  const { causes, policies, spec } = state.parts;
  const { picture } = policies;
  const { enforcesPolicy, policyEngine = usualEngine } = profileNamed(spec.cniProfile);
  if (picture === null || !enforcesPolicy) return [];
  return [policyLayer(picture, node, policyEngine, causes, family)];
}

/** Once for a node: the lines of later syncs have other numbers. */
function tellOfRefused({ notices }: State, node: string, [first = '']: readonly string[]): void {
  const head = `kube-proxy on Node "${node}": its sync failed: `;
  if (!notices.some((notice) => notice.startsWith(head))) notices.push(`${head}${first}`);
}

const cniNodes = new WeakMap<Node, CniNode>();

/** What the network plugin of a node knows of it. */
function cniNodeOn({ parts: { api, spec } }: State, node: string): CniNode {
  const object = api.get('Node', node);
  if (object === undefined) throw new Error(`there is no node "${node}"`);
  let known = cniNodes.get(object);
  if (known?.podSubnets !== subnetsOf(spec)) {
    known = cniNodeOf(object, subnetsOf(spec));
    cniNodes.set(object, known);
  }
  return known;
}

function cniNodeOf(object: Node, podSubnets: readonly Cidr[]): CniNode {
  const own = (object.status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  return {
    name: object.metadata.name,
    addresses: own.flatMap(({ address }) => parseAddr(address) ?? []),
    podCIDRs: (object.spec.podCIDRs ?? []).flatMap((text) => parseCidr(text) ?? []),
    podSubnets,
  };
}

/** What the node's kube-proxy has written; undefined: nothing yet. */
export function writtenOn(state: State, node: string, family: Family): Written | undefined {
  return state.parts.proxies.written(proxyNodeOn(state, node), family);
}

/** What the kube-proxy of a node sees of it. */
export function proxyNodeOn(state: State, node: string): ProxyNode {
  const { api, spec } = state.parts;
  const object = api.get('Node', node);
  if (object === undefined) throw new Error(`there is no node "${node}"`);
  return proxyNodeOf(
    object,
    spec.nodes.find((n) => n.name === node),
  );
}

const subnets = new WeakMap<ClusterSpec, readonly Cidr[]>();

/** The same list for the same cluster, so that all nodes and forks share one set of rules. */
function subnetsOf(spec: ClusterSpec): readonly Cidr[] {
  let list = subnets.get(spec);
  if (list === undefined) {
    list = podSubnets(spec);
    subnets.set(spec, list);
  }
  return list;
}

/** The families a cluster has Pods or Services of. */
export function familiesOf(spec: ClusterSpec): readonly Family[] {
  const all = [...podSubnets(spec), ...serviceSubnets(spec)].map(({ low }) => familyOf(low));
  return ([4, 6] as const).filter((family) => all.includes(family));
}

/** Loads what each node's proxy has written since the last dial. */
export function refreshRules(state: State): void {
  const { api, fabric, proxies, spec } = state.parts;
  if (!proxies.stale) return;
  const families = familiesOf(spec);
  for (const node of api.list('Node')) {
    const name = node.metadata.name;
    if (!fabric.has(`node/${name}`)) continue;
    for (const family of families) fabric.setRules(name, rulesOn(state, name, family));
  }
  proxies.stale = false;
}
