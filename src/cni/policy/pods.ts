// A Pod as policies see it: its labels, addresses and named ports. Pods on the host's network have no addresses of their
// own, and those that have ended have left theirs: neither is a subject or a peer.
import type { Pod } from '../../api/types.ts';
import { type Addr, parseAddr } from '../../net/addr.ts';
import { type Proto, parseProto, TCP } from '../../net/packet.ts';

export type Labels = Readonly<Record<string, string>>;

export interface NamedPort {
  readonly name: string;
  readonly proto: Proto;
  readonly port: number;
}

export interface PolicyPod {
  /** "ns/name". */
  readonly key: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly addresses: readonly Addr[];
  readonly ports: readonly NamedPort[];
  readonly node: string;
}

/** Null: no policy can mean this Pod now. */
export function policyPodOf(pod: Pod): PolicyPod | null {
  const { metadata, spec, status } = pod;
  if (spec.hostNetwork === true) return null;
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return null;
  const addresses = (status?.podIPs ?? []).flatMap(({ ip }) => parseAddr(ip ?? '') ?? []);
  if (addresses.length === 0) return null;
  const namespace = metadata.namespace ?? 'default';
  return {
    key: `${namespace}/${metadata.name}`,
    namespace,
    labels: metadata.labels ?? {},
    addresses,
    ports: portsOf(pod),
    node: spec.nodeName ?? '',
  };
}

/** Of all containers that run beside each other: sidecars are init containers that restart. */
function portsOf({ spec }: Pod): readonly NamedPort[] {
  const sidecars = (spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always');
  return [...sidecars, ...spec.containers].flatMap(({ ports = [] }) =>
    ports.flatMap(({ name, protocol, containerPort }): NamedPort[] => {
      const proto = protocol === undefined ? TCP : parseProto(protocol);
      if (name === undefined || proto === undefined) return [];
      return [{ name, proto, port: containerPort }];
    }),
  );
}
