// Names of kube-proxy's chains: a readable prefix and 16 characters of a hash, because a chain's
// name has at most 28.
// Models portProtoHash and its callers in pkg/proxy/iptables/proxier.go.
import { protoName } from '../../net/packet.ts';
import type { ServicePort } from '../service-port.ts';
import { shortHash } from '../short-hash.ts';

const hashLength = 16;

export interface PortChains {
  readonly cluster: string;
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
}

/** The four chains a service port can have. */
export function portChains(port: ServicePort): PortChains {
  const hash = shortHash(port.name + protoName(port.proto), hashLength);
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  };
}

/** The chain of one endpoint ("10.180.0.1:80") of a service port. */
export function endpointChain(port: ServicePort, endpoint: string): string {
  return `KUBE-SEP-${shortHash(port.name + protoName(port.proto) + endpoint, hashLength)}`;
}
