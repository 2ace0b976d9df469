// The Node kind: pod ranges, which may be set once (A11). Models ValidateNode and ValidateNodeUpdate.
import { familyOf } from '../../net/addr.ts';
import type { Cause } from '../error.ts';
import { forbiddenField, invalid } from '../field/errors.ts';
import { parseLegacyCIDR, validCIDR } from '../field/ips.ts';
import { dns1123Subdomain } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type { Node } from '../types.ts';
import { isUnset, sameValue } from '../values.ts';

function defaultNode({ spec = {}, ...rest }: Node): Node {
  const node: Node = { ...rest, spec };
  const { podCIDR, podCIDRs } = spec;
  if (!isUnset(podCIDR) && (podCIDRs ?? []).length === 0) {
    return { ...node, spec: { ...node.spec, podCIDRs: [podCIDR] } };
  }
  const first = podCIDRs?.[0];
  if (isUnset(podCIDR) && first !== undefined) {
    return { ...node, spec: { ...node.spec, podCIDR: first } };
  }
  return node;
}

function rangeCauses({ spec }: Node): Cause[] {
  const ranges = spec?.podCIDRs ?? [];
  const causes = ranges.flatMap((range, i) => validCIDR(`spec.podCIDRs[${i}]`, range));
  const families = ranges.map((range) => {
    const low = parseLegacyCIDR(range)?.low;
    return low === undefined ? undefined : familyOf(low);
  });
  if (ranges.length > 2 || (ranges.length === 2 && families[0] === families[1])) {
    const detail = 'may specify no more than one CIDR for each IP family';
    causes.push(invalid('spec.podCIDRs', ranges, detail));
  }
  return causes;
}

export const nodeRules: KindRules<Node> = {
  defaults: defaultNode,
  validate: (node) => [
    ...metadataCauses(node.metadata, false, dns1123Subdomain),
    ...rangeCauses(node),
  ],
  validateUpdate(node, old) {
    const causes = metadataUpdateCauses(node.metadata, old.metadata);
    causes.push(...rangeCauses(node));
    const before = old.spec?.podCIDRs ?? [];
    if (before.length > 0 && !sameValue(before, node.spec?.podCIDRs)) {
      const detail = 'node updates may not change podCIDR except from "" to valid';
      causes.push(forbiddenField('spec.podCIDRs', detail));
    }
    return causes;
  },
};
