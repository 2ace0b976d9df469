// The address plan of a case: every address follows from numbers, so that a case is told by its value alone and a flow
// keeps its meaning while the case is made smaller.
import type { CaseEndpoint } from './case.ts';

/** The third node stands in another subnet than the others. */
const lanOf = (node: number): number => (node === 3 ? 5 : 4);

export const nodeIP = (node: number): string => `192.168.${lanOf(node)}.${100 + node}`;
export const nodeIP6 = (node: number): string => `fd00:192:168:${lanOf(node)}::${100 + node}`;
/** What the node's bridge holds, where there is one. */
export const gatewayIP = (node: number): string => `10.244.${node}.1`;
export const clientIP = (node: number): string => `10.244.${node}.200`;
export const clusterIP = (id: number): string => `10.96.1.${10 + id}`;
export const clusterIP6 = (id: number): string => `fd00:10:96::1${10 + id}`;
export const externalIP = (id: number): string => `198.51.100.${10 + id}`;
export const externalIP6 = (id: number): string => `fd00:ee::${10 + id}`;
export const balancerIP = (id: number): string => `52.15.34.${10 + id}`;
export const nodePort = (id: number, p: number): number => 30_000 + id * 10 + p;
/** A node port that no Service has. */
export const unusedNodePort = 31_999;

export const podName = (id: number, e: number): string => `s${id}-${e}`;
export const endpointIP = (id: number, e: number, { node, hostNetwork }: CaseEndpoint): string =>
  hostNetwork ? nodeIP(node) : `10.244.${node}.${10 + id * 10 + e}`;
/** Every second endpoint calls another number by the port's name; host-network ones must not clash. */
export const targetPort = (
  id: number,
  e: number,
  p: number,
  { hostNetwork }: CaseEndpoint,
): number => (hostNetwork ? 9000 + id * 100 + e * 10 + p : 8080 + p * 10 + (e % 2));

/** Where a Service without a selector leads, and what Pods ask of the world: outside hosts. */
export const legacy = ['192.0.2.42', '192.0.2.43'];
/** The same of the second family, in clusters that have one. */
export const legacy6 = '2001:db8::42';
export const legacyPort = { TCP: 9376, UDP: 9377, SCTP: 9378 };

export const numbersTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i + 1);
