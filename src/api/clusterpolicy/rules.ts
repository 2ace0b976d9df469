// The kinds of policy.networking.k8s.io: default protocols, and the checks of their definitions.
import type { Cause } from '../error.ts';
import { dns1123Subdomain } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import { schemaCauses } from '../structural.ts';
import { policySchemas } from './schema.table.ts';
import type { AdminPort, ClusterPolicy, ClusterRule } from './types.ts';

const tcp: { readonly protocol: string } = { protocol: 'TCP' };

function withProtocols(port: AdminPort): AdminPort {
  const { portNumber, portRange } = port;
  return {
    ...port,
    ...(portNumber === undefined ? {} : { portNumber: { ...tcp, ...portNumber } }),
    ...(portRange === undefined ? {} : { portRange: { ...tcp, ...portRange } }),
  };
}

function withDefaults(rules: readonly ClusterRule[]): readonly ClusterRule[] {
  return rules.map((rule) =>
    Array.isArray(rule?.ports) ? { ...rule, ports: rule.ports.map(withProtocols) } : rule,
  );
}

function defaults(policy: ClusterPolicy): ClusterPolicy {
  if (policy.kind === 'ClusterNetworkPolicy') return policy;
  const { spec } = policy;
  if (spec === undefined) return policy;
  const { ingress, egress } = spec;
  return {
    ...policy,
    spec: {
      ...spec,
      ...(Array.isArray(ingress) ? { ingress: withDefaults(ingress) } : {}),
      ...(Array.isArray(egress) ? { egress: withDefaults(egress) } : {}),
    },
  };
}

function validate(policy: ClusterPolicy): readonly Cause[] {
  const schema = policySchemas[policy.kind];
  return schema === undefined ? [] : schemaCauses(policy, schema, '');
}

export const clusterPolicyRules: KindRules<ClusterPolicy> = {
  defaults,
  validate: (policy) => [
    ...metadataCauses(policy.metadata, false, dns1123Subdomain),
    ...validate(policy),
  ],
  validateUpdate: (policy, old) => [
    ...metadataUpdateCauses(policy.metadata, old.metadata),
    ...validate(policy),
  ],
};
