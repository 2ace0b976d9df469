// RoleBinding and ClusterRoleBinding: what they bind to cannot be changed. Models SetDefaults_RoleBinding of
// pkg/apis/rbac/v1 and ValidateRoleBindingUpdate. Not checked: roleRef and subjects themselves.
import type { Cause } from '../error.ts';
import { invalidShown } from '../field/errors.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataUpdateCauses } from '../metadata/validation.ts';
import type { AnyObject } from '../types.ts';
import { isRecord, isUnset, sameValue } from '../values.ts';

const GROUP = 'rbac.authorization.k8s.io';
const fields = [
  ['APIGroup', 'apiGroup'],
  ['Kind', 'kind'],
  ['Name', 'name'],
] as const;

/** The Go struct, which has no names for JSON: as JSON since 1.34, in Go syntax before. */
function shownRef(ref: unknown, minor: number): string {
  const given = isRecord(ref) ? ref : {};
  const quoted = fields.map(([go, key]) => [go, JSON.stringify(given[key] ?? '')] as const);
  return minor >= 34
    ? `{${quoted.map(([go, text]) => `"${go}":${text}`).join(',')}}`
    : `rbac.RoleRef{${quoted.map(([go, text]) => `${go}:${text}`).join(', ')}}`;
}

function refCauses(now: unknown, old: unknown, minor: number): Cause[] {
  if (sameValue(now, old)) return [];
  return [invalidShown('roleRef', shownRef(now, minor), 'cannot change roleRef')];
}

export const roleBindingRules: KindRules<AnyObject> = {
  defaults(binding) {
    const { roleRef } = binding as { readonly roleRef?: Readonly<Record<string, unknown>> };
    if (roleRef === undefined || !isUnset(roleRef['apiGroup'])) return binding;
    return { ...binding, roleRef: { ...roleRef, apiGroup: GROUP } };
  },
  validateUpdate: (binding, old, { minor }) => [
    ...metadataUpdateCauses(binding.metadata, old.metadata),
    ...refCauses(binding['roleRef'], old['roleRef'], minor),
  ],
};
