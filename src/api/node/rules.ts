// The Node kind: pod ranges, which may be set once (A11). Models ValidateNode and ValidateNodeUpdate.
import { familyOf } from '../../net/addr.ts';
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids, oneOf } from '../field/errors.ts';
import { parseLegacyCIDR, validCIDR } from '../field/ips.ts';
import { dns1123Subdomain, labelValue, qualifiedName } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import { taintEffects } from '../pod/scheduling.ts';
import type { Node } from '../types.ts';
import { isUnset, sameValue } from '../values.ts';

/** With the conversion to and from the internal type: podCIDRs is what counts, podCIDR its first, which wins over the list. */
function defaultNode({ spec = {}, ...rest }: Node): Node {
  const node: Node = { ...rest, spec };
  const { podCIDR, podCIDRs = [] } = spec;
  const [first] = podCIDRs;
  if (!isUnset(podCIDR) && podCIDR !== first) {
    return { ...node, spec: { ...node.spec, podCIDRs: [podCIDR] } };
  }
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

/** Upstream's path says metadata although taints are in the spec. */
function taintCauses({ spec }: Node): Cause[] {
  const seen = new Set<string>();
  return (spec?.taints ?? []).flatMap(({ key, value = '', effect }, i) => {
    const at = `metadata.taints[${i}]`;
    const causes = invalids(`${at}.key`, key ?? '', qualifiedName(key ?? ''));
    const messages = labelValue(value);
    if (messages.length > 0) causes.push(invalid(`${at}.value`, value, messages.join(';')));
    causes.push(...oneOf(`${at}.effect`, effect, taintEffects));
    const pair = `${key} ${effect}`;
    if (effect !== undefined && seen.has(pair)) {
      const shown = JSON.stringify({ Key: key, Value: value, Effect: effect, TimeAdded: null });
      const text = `Duplicate value: ${shown}: taints must be unique by key and effect pair`;
      causes.push({ field: at, text });
    }
    seen.add(pair);
    return causes;
  });
}

export const nodeRules: KindRules<Node> = {
  defaults: defaultNode,
  validate: (node) => [
    ...metadataCauses(node.metadata, false, dns1123Subdomain),
    ...taintCauses(node),
    ...rangeCauses(node),
  ],
  validateUpdate(node, old) {
    const causes = metadataUpdateCauses(node.metadata, old.metadata);
    causes.push(...rangeCauses(node), ...taintCauses(node));
    const before = old.spec?.podCIDRs ?? [];
    if (before.length > 0 && !sameValue(before, node.spec?.podCIDRs)) {
      const detail = 'node updates may not change podCIDR except from "" to valid';
      causes.push(forbiddenField('spec.podCIDRs', detail));
    }
    return causes;
  },
};
