// Names of kube-proxy's chains: a readable prefix and 16 characters of a hash, because a chain's
// name has at most 28.
// Models portProtoHash and its callers in pkg/proxy/iptables/proxier.go. Base32 is RFC 4648's.
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { protoName } from '../../net/packet.ts';
import type { ServicePort } from '../service-port.ts';

export interface PortChains {
  readonly cluster: string;
  readonly local: string;
  readonly external: string;
  readonly firewall: string;
}

/** The four chains a service port can have. */
export function portChains(port: ServicePort): PortChains {
  const hash = shortHash(port.name + protoName(port.proto));
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  };
}

/** The chain of one endpoint ("10.180.0.1:80") of a service port. */
export function endpointChain(port: ServicePort, endpoint: string): string {
  return `KUBE-SEP-${shortHash(port.name + protoName(port.proto) + endpoint)}`;
}

/** The first 16 characters of base32(sha256(text)). */
export function shortHash(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bytes = sha256(utf8ToBytes(text));
  let name = '';
  for (let bit = 0; bit < 80; bit += 5) {
    const pair = ((bytes[bit >> 3] as number) << 8) | (bytes[(bit >> 3) + 1] as number);
    name += alphabet[(pair >> (11 - (bit & 7))) & 31];
  }
  return name;
}
