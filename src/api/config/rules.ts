// ConfigMaps, Secrets and ServiceAccounts: keys, sizes, the immutable flag, stringData (A11).
// Models ValidateConfigMap, ValidateSecret and pkg/apis/core/v1/conversion.go. Base64 is not decoded.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids } from '../field/errors.ts';
import { configMapKey, dns1123Subdomain } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { immutable, metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type { ConfigMap, Secret, ServiceAccount } from '../types.ts';
import { isUnset, sameValue } from '../values.ts';

const IMMUTABLE_SET = 'field is immutable when `immutable` is set';

function keyCauses({
  data = {},
  binaryData = {},
}: Pick<ConfigMap, 'data' | 'binaryData'>): Cause[] {
  const causes: Cause[] = [];
  for (const key in data) {
    causes.push(...invalids(`data[${key}]`, key, configMapKey(key)));
    if (key in binaryData) {
      causes.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
  }
  for (const key in binaryData) {
    causes.push(...invalids(`binaryData[${key}]`, key, configMapKey(key)));
  }
  return causes;
}

function frozenCauses(now: ConfigMap | Secret, old: ConfigMap | Secret): Cause[] {
  if (old.immutable !== true) return [];
  const causes: Cause[] = [];
  if (now.immutable !== true) causes.push(forbiddenField('immutable', IMMUTABLE_SET));
  if (!sameValue(now.data, old.data)) causes.push(forbiddenField('data', IMMUTABLE_SET));
  return causes;
}

export const configMapRules: KindRules<ConfigMap> = {
  validate: (map) => [...metadataCauses(map.metadata, true, dns1123Subdomain), ...keyCauses(map)],
  validateUpdate: (map, old) => [
    ...metadataUpdateCauses(map.metadata, old.metadata),
    ...frozenCauses(map, old),
    ...keyCauses(map),
  ],
};

export const secretRules: KindRules<Secret> = {
  defaults: (secret) => (isUnset(secret.type) ? { ...secret, type: 'Opaque' } : secret),
  validate: (secret) => [
    ...metadataCauses(secret.metadata, true, dns1123Subdomain),
    ...keyCauses(secret),
  ],
  validateUpdate: (secret, old) => [
    ...metadataUpdateCauses(secret.metadata, old.metadata),
    ...immutable('type', secret.type, old.type),
    ...frozenCauses(secret, old),
    ...keyCauses(secret),
  ],
};

export const serviceAccountRules: KindRules<ServiceAccount> = {
  validate: ({ metadata }) => metadataCauses(metadata, true, dns1123Subdomain),
  validateUpdate: ({ metadata }, old) => metadataUpdateCauses(metadata, old.metadata),
};
