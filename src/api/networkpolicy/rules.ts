// The NetworkPolicy kind: defaults of protocols and policy types, checks of ports and peers (A11).
// Models pkg/apis/networking/{v1/defaults.go,validation/validation.go}.
import { contains } from '../../net/cidr.ts';
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids, required, unsupported } from '../field/errors.ts';
import { parseLegacyCIDR, validCIDR } from '../field/ips.ts';
import { dns1123Subdomain, portNumber } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses, selectorCauses } from '../metadata/validation.ts';
import { portNumberOrName } from '../service/ports.ts';
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from '../types.ts';
import { type Draft, isUnset } from '../values.ts';

const types: readonly string[] = ['Ingress', 'Egress'];
/** In upstream's order here, which is not the sorted one. */
const protocols: readonly string[] = ['TCP', 'UDP', 'SCTP'];

function withProtocol<T extends { readonly ports?: readonly NetworkPolicyPort[] }>(rule: T): T {
  if (rule.ports === undefined) return rule;
  return { ...rule, ports: rule.ports.map((p) => ({ ...p, protocol: p.protocol ?? 'TCP' })) };
}

function defaultPolicy(policy: NetworkPolicy): NetworkPolicy {
  const spec: Draft<NetworkPolicySpec> = { ...policy.spec };
  spec.podSelector ??= {};
  if (spec.ingress !== undefined) spec.ingress = spec.ingress.map(withProtocol);
  if (spec.egress !== undefined) spec.egress = spec.egress.map(withProtocol);
  if ((spec.policyTypes ?? []).length === 0) {
    spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  }
  return { ...policy, spec };
}

function portCauses({ port, endPort, protocol }: NetworkPolicyPort, at: string): Cause[] {
  const causes: Cause[] = [];
  if (protocol !== undefined && !protocols.includes(protocol)) {
    causes.push(unsupported(`${at}.protocol`, protocol, protocols));
  }
  if (port === undefined) {
    if (endPort !== undefined) {
      const detail = 'may not be specified when `port` is not specified';
      causes.push(invalid(`${at}.endPort`, endPort, detail));
    }
    return causes;
  }
  causes.push(...portNumberOrName(`${at}.port`, port));
  if (endPort === undefined) return causes;
  if (typeof port === 'string') {
    const detail = 'may not be specified when `port` is non-numeric';
    causes.push(invalid(`${at}.endPort`, endPort, detail));
  } else if (endPort < port) {
    // Upstream shows the value of `port` here.
    causes.push(invalid(`${at}.endPort`, port, 'must be greater than or equal to `port`'));
  } else causes.push(...invalids(`${at}.endPort`, endPort, portNumber(endPort)));
  return causes;
}

function blockCauses({ cidr, except = [] }: IPBlock, at: string): Cause[] {
  if (isUnset(cidr)) return [required(`${at}.cidr`)];
  const outer = parseLegacyCIDR(cidr);
  if (outer === undefined) return validCIDR(`${at}.cidr`, cidr);
  return except.flatMap((text, k) => {
    const field = `${at}.except[${k}]`;
    const inner = parseLegacyCIDR(text);
    if (inner === undefined) return validCIDR(field, text);
    if (contains(outer, inner.low) && inner.bits > outer.bits) return [];
    return [invalid(field, text, 'must be a strict subset of `cidr`')];
  });
}

function peerCauses(peer: NetworkPolicyPeer, at: string): Cause[] {
  const causes: Cause[] = [];
  const { podSelector, namespaceSelector, ipBlock } = peer;
  causes.push(...selectorCauses(podSelector, `${at}.podSelector`));
  causes.push(...selectorCauses(namespaceSelector, `${at}.namespaceSelector`));
  if (ipBlock !== undefined) causes.push(...blockCauses(ipBlock, `${at}.ipBlock`));
  const selectors = [podSelector, namespaceSelector].filter((s) => s !== undefined).length;
  if (selectors === 0 && ipBlock === undefined) causes.push(required(at, 'must specify a peer'));
  if (selectors > 0 && ipBlock !== undefined) {
    causes.push(forbiddenField(at, 'may not specify both ipBlock and another peer'));
  }
  return causes;
}

function ruleCauses(
  ports: readonly NetworkPolicyPort[] = [],
  peers: readonly NetworkPolicyPeer[] = [],
  at: string,
  side: 'from' | 'to',
): Cause[] {
  return [
    ...ports.flatMap((port, j) => portCauses(port, `${at}.ports[${j}]`)),
    ...peers.flatMap((peer, j) => peerCauses(peer, `${at}.${side}[${j}]`)),
  ];
}

function specCauses(spec: NetworkPolicySpec = {}): Cause[] {
  const causes = selectorCauses(spec.podSelector, 'spec.podSelector');
  for (const [i, { ports, from }] of (spec.ingress ?? []).entries()) {
    causes.push(...ruleCauses(ports, from, `spec.ingress[${i}]`, 'from'));
  }
  for (const [i, { ports, to }] of (spec.egress ?? []).entries()) {
    causes.push(...ruleCauses(ports, to, `spec.egress[${i}]`, 'to'));
  }
  const given = spec.policyTypes ?? [];
  if (given.length > types.length) {
    const detail = 'may not specify more than two policyTypes';
    causes.push(invalid('spec.policyTypes', given, detail));
    return causes;
  }
  for (const [i, type] of given.entries()) {
    if (!types.includes(type)) causes.push(unsupported(`spec.policyTypes[${i}]`, type, types));
  }
  return causes;
}

export const networkPolicyRules: KindRules<NetworkPolicy> = {
  defaults: defaultPolicy,
  validate: ({ metadata, spec }) => [
    ...metadataCauses(metadata, true, dns1123Subdomain),
    ...specCauses(spec),
  ],
  validateUpdate: ({ metadata, spec }, old) => [
    ...metadataUpdateCauses(metadata, old.metadata),
    ...specCauses(spec),
  ],
};
