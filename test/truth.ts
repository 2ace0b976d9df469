// What must come of a flow over a cluster picture, worked out from the picture alone: the truth table F10 of who reaches
// what and which source the endpoint sees, as one function. Shares nothing with the proxy, the walk or the NAT.
// Holds for iptables mode with detectLocalMode ClusterCIDR, masqueradeAll off, and a CNI that masquerades what leaves
// the Pod network.
import {
  type EndpointPicture,
  endpointsOf,
  gateway,
  nodeIP,
  type Picture,
  targetPort,
} from './arbitraries/cluster-picture.ts';
import type { Flow } from './arbitraries/flow.ts';

/** "answered by pod/demo/s0-1 (10.244.1.11:8080), seen as 10.244.1.1", or how it fails. */
export type Outcome = string;

interface Arrival {
  /** The node that translates; null: the client's packet goes past the Service. */
  readonly node: number;
  /** The client's address as that node sees it. */
  readonly from: string;
  /** Which kind of client it is for that node. */
  readonly as: 'own pod' | 'itself' | 'outside';
  readonly frontend: 'internal' | 'external';
}

/** Every outcome that chance may choose. */
export function outcomes(picture: Picture, flow: Flow): ReadonlySet<Outcome> {
  const { frontend, service, port } = flow;
  const plan = picture.services[service];
  if (plan === undefined) throw new Error(`no Service ${service}`);
  const all = endpointsOf(picture, service).map((endpoint, i) => ({
    ...endpoint,
    port: targetPort(picture, service, port, i),
  }));
  const isUDP = plan.ports[port]?.protocol === 'UDP';
  if (frontend.kind === 'endpoint') {
    const one = all[frontend.endpoint];
    return new Set(one === undefined ? [] : [ended(one, directSource(flow, one), isUDP)]);
  }
  const eligible = all.filter(({ state }) => state !== 'unready');
  if (frontend.kind === 'name' && plan.type === 'headless') {
    // CoreDNS knows a headless Service only by its endpoints.
    if (eligible.length === 0) return new Set(['nxdomain']);
    return headlessOutcomes(picture, flow, eligible, isUDP);
  }
  const arrival = arrivalOf(flow);
  const policy = arrival.frontend === 'internal' ? plan.internal : plan.external;
  if (eligible.length === 0) return new Set([nobody(flow, arrival)]);
  const short = arrival.frontend === 'external' && arrival.as !== 'outside';
  const near = eligible.filter(({ node }) => node === arrival.node);
  const reached = policy === 'Local' && !short ? near : eligible;
  if (reached.length === 0) return new Set(['timeout via drop']);
  const masqueraded = isMasqueraded(arrival, policy);
  return new Set(reached.map((one) => ended(one, seenBy(one, arrival, masqueraded), isUDP)));
}

/** A client tries one address of a headless name: the port is the one the first Pod listens on. */
function headlessOutcomes(
  picture: Picture,
  flow: Flow,
  eligible: readonly EndpointPicture[],
  isUDP: boolean,
): ReadonlySet<Outcome> {
  const port = targetPort(picture, flow.service, flow.port, 0);
  // The client goes on to the next address after a failure: it fails only when all do.
  const open = eligible.filter(({ state }) => state !== 'closed');
  const tried = open.length > 0 ? open : eligible;
  return new Set(tried.map((one) => ended({ ...one, port }, directSource(flow, one), isUDP)));
}

function arrivalOf({ client, frontend }: Flow): Arrival {
  const external = frontend.kind === 'node-port' || frontend.kind === 'external-ip';
  const side = external || frontend.kind === 'localhost' ? 'external' : 'internal';
  const dialled = frontend.kind === 'node-port' ? frontend.node : null;
  if (client.kind === 'host') {
    return { node: dialled ?? 1, from: client.ip, as: 'outside', frontend: side };
  }
  const node = dialled ?? client.node;
  if (node === client.node) {
    const as = client.kind === 'pod' ? 'own pod' : 'itself';
    return { node, from: client.ip, as, frontend: side };
  }
  // Pods leave for another node's address as their own node.
  return { node, from: nodeIP(client.node), as: 'outside', frontend: side };
}

function isMasqueraded(arrival: Arrival, policy: 'Cluster' | 'Local'): boolean {
  if (arrival.frontend === 'internal') return arrival.as !== 'own pod';
  return policy === 'Cluster' || arrival.as === 'itself';
}

function seenBy(endpoint: EndpointPicture, arrival: Arrival, masqueraded: boolean): string {
  const here = endpoint.node === arrival.node;
  if (masqueraded) return here ? gateway(arrival.node) : nodeIP(arrival.node);
  if (endpoint.ip === arrival.from) return gateway(arrival.node);
  return endpoint.node === null ? nodeIP(arrival.node) : arrival.from;
}

/** A Pod keeps its address among Pods; a node takes that of the device it sends by. */
function directSource({ client }: Flow, endpoint: EndpointPicture): string {
  if (client.kind === 'pod') return endpoint.node === null ? nodeIP(client.node) : client.ip;
  if (client.kind === 'node') {
    return endpoint.node === client.node ? gateway(client.node) : client.ip;
  }
  return client.ip;
}

/** No endpoint at all: REJECT. But nothing looks at what a node itself sends to an address that it does not own: it
 * leaves by the default route. */
function nobody({ frontend }: Flow, arrival: Arrival): Outcome {
  const unseen = frontend.kind === 'external-ip' && arrival.as === 'itself';
  return unseen ? 'timeout via noreply' : 'refused via icmp';
}

function ended(
  endpoint: EndpointPicture & { readonly port: number },
  source: string,
  isUDP: boolean,
): Outcome {
  if (endpoint.state === 'closed') return isUDP ? 'refused via icmp' : 'refused via rst';
  return `answered by ${endpoint.machine} (${endpoint.ip}:${endpoint.port}), seen as ${source}`;
}
