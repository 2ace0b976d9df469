// The NetworkPolicy kind: defaults of protocols and policy types, checks of ports and peers (A11).
// Models pkg/apis/networking/{v1/defaults.go,validation/validation.go}.
import { contains } from '../../net/cidr.ts';
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids, required, unsupported } from '../field/errors.ts';
import { cidrWarnings, parseLegacyCIDR, validCIDR } from '../field/ips.ts';
import { dns1123Subdomain, portNumber } from '../field/names.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
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

const WARNS_SINCE = 33;
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

/** The version, and the ranges that the stored policy has: they may stay as they are. */
type RangeRules = NonNullable<Parameters<typeof validCIDR>[2]>;

function blockCauses({ cidr, except = [] }: IPBlock, at: string, rules: RangeRules): Cause[] {
  if (isUnset(cidr)) return [required(`${at}.cidr`)];
  const outer = parseLegacyCIDR(cidr);
  const causes = validCIDR(`${at}.cidr`, cidr, rules);
  if (outer === undefined) return causes;
  for (const [k, text] of except.entries()) {
    const field = `${at}.except[${k}]`;
    causes.push(...validCIDR(field, text, rules));
    const inner = parseLegacyCIDR(text);
    if (inner === undefined || (contains(outer, inner.low) && inner.bits > outer.bits)) continue;
    causes.push(invalid(field, text, 'must be a strict subset of `cidr`'));
  }
  return causes;
}

function peerCauses(peer: NetworkPolicyPeer, at: string, rules: RangeRules): Cause[] {
  const causes: Cause[] = [];
  const { podSelector, namespaceSelector, ipBlock } = peer;
  causes.push(...selectorCauses(podSelector, `${at}.podSelector`));
  causes.push(...selectorCauses(namespaceSelector, `${at}.namespaceSelector`));
  if (ipBlock !== undefined) causes.push(...blockCauses(ipBlock, `${at}.ipBlock`, rules));
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
  rules: RangeRules,
): Cause[] {
  return [
    ...ports.flatMap((port, j) => portCauses(port, `${at}.ports[${j}]`)),
    ...peers.flatMap((peer, j) => peerCauses(peer, `${at}.${side}[${j}]`, rules)),
  ];
}

function specCauses(spec: NetworkPolicySpec = {}, rules: RangeRules): Cause[] {
  const causes = selectorCauses(spec.podSelector, 'spec.podSelector');
  for (const [i, { ports, from }] of (spec.ingress ?? []).entries()) {
    causes.push(...ruleCauses(ports, from, `spec.ingress[${i}]`, 'from', rules));
  }
  for (const [i, { ports, to }] of (spec.egress ?? []).entries()) {
    causes.push(...ruleCauses(ports, to, `spec.egress[${i}]`, 'to', rules));
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

function rangesOf({ ingress = [], egress = [] }: NetworkPolicySpec = {}): string[] {
  const peers = [
    ...ingress.flatMap(({ from = [] }) => from),
    ...egress.flatMap(({ to = [] }) => to),
  ];
  return peers.flatMap(({ ipBlock }) =>
    ipBlock === undefined ? [] : [ipBlock.cidr, ...(ipBlock.except ?? [])],
  );
}

/** Ranges that are not spelled canonically, since 1.33 (pkg/registry/networking/networkpolicy/strategy.go). */
function policyWarnings(
  { spec }: NetworkPolicy,
  _old: NetworkPolicy | undefined,
  { minor }: RuleContext,
): string[] {
  if (minor < WARNS_SINCE) return [];
  const ranges = (peers: readonly NetworkPolicyPeer[] = [], at: string) =>
    peers.flatMap(({ ipBlock }, j) => {
      if (ipBlock === undefined) return [];
      const { cidr, except = [] } = ipBlock;
      const field = `${at}[${j}].ipBlock`;
      return [
        ...cidrWarnings(`${field}.cidr`, cidr, minor),
        ...except.flatMap((text, k) => cidrWarnings(`${field}.except[${k}]`, text, minor)),
      ];
    });
  return [
    ...(spec?.ingress ?? []).flatMap(({ from }, i) => ranges(from, `spec.ingress[${i}].from`)),
    ...(spec?.egress ?? []).flatMap(({ to }, i) => ranges(to, `spec.egress[${i}].to`)),
  ];
}

export const networkPolicyRules: KindRules<NetworkPolicy> = {
  defaults: defaultPolicy,
  validate: ({ metadata, spec }, { minor }) => [
    ...metadataCauses(metadata, true, dns1123Subdomain),
    ...specCauses(spec, { minor }),
  ],
  validateUpdate: ({ metadata, spec }, old, { minor }) => [
    ...metadataUpdateCauses(metadata, old.metadata),
    ...specCauses(spec, { minor, known: rangesOf(old.spec) }),
  ],
  warnings: policyWarnings,
};
