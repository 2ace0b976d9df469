// ConfigMaps, Secrets and ServiceAccounts: keys, sizes, the immutable flag, stringData, what a type must hold (A11).
// Models ValidateConfigMap, ValidateSecret and pkg/apis/core/v1/conversion.go. TLS pairs are not parsed, so upstream's
// warnings about them are not given.
import { decodeBase64, decodedBytes, encodeBase64 } from '../base64.ts';
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids, required, tooLong } from '../field/errors.ts';
import { configMapKey, dns1123Subdomain } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import {
  byteLength,
  immutable,
  metadataCauses,
  metadataUpdateCauses,
} from '../metadata/validation.ts';
import type { ConfigMap, Secret, ServiceAccount } from '../types.ts';
import { isRecord, isUnset, sameValue } from '../values.ts';
import { SERVICE_ACCOUNT_NAME, secretTypes } from './secret-types.table.ts';

const IMMUTABLE_SET = 'field is immutable when `immutable` is set';
const BYTES_MAX = 1024 * 1024;

function configMapCauses({ data = {}, binaryData = {} }: ConfigMap): Cause[] {
  const causes: Cause[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    causes.push(...invalids(`data[${key}]`, key, configMapKey(key)));
    if (Object.hasOwn(binaryData, key)) {
      causes.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    }
    bytes += byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    causes.push(...invalids(`binaryData[${key}]`, key, configMapKey(key)));
    bytes += decodedBytes(value);
  }
  // Upstream's empty path prints as [].
  if (bytes > BYTES_MAX) causes.push(tooLong('[]', BYTES_MAX));
  return causes;
}

function secretCauses(secret: Secret): Cause[] {
  const { data = {}, type = '', metadata } = secret;
  const causes: Cause[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    causes.push(...invalids(`data[${key}]`, key, configMapKey(key)));
    bytes += decodedBytes(value);
  }
  if (bytes > BYTES_MAX) causes.push(tooLong('data', BYTES_MAX));
  if (type === 'kubernetes.io/service-account-token') {
    if (isUnset(metadata.annotations?.[SERVICE_ACCOUNT_NAME])) {
      causes.push(required(`metadata.annotations[${SERVICE_ACCOUNT_NAME}]`));
    }
  }
  return [...causes, ...typeCauses(data, type)];
}

function typeCauses(data: Readonly<Record<string, string>>, type: string): Cause[] {
  const row = secretTypes.find((one) => one.type === type);
  if (row === undefined) return [];
  const isMissing = (key: string): boolean =>
    row.filled === true ? isUnset(data[key]) : data[key] === undefined;
  const missing = row.keys.filter(isMissing);
  const reported = row.wanted === 'any' && missing.length < row.keys.length ? [] : missing;
  if (reported.length > 0) return reported.map((key) => required(`data[${key}]`));
  if (row.json !== true) return [];
  return row.keys.flatMap((key) => {
    const fault = jsonFault(decodeBase64(data[key] ?? ''));
    return fault === null ? [] : [invalid(`data[${key}]`, '<secret contents redacted>', fault)];
  });
}

/** Why Go cannot unmarshal a text into a map: its words for the usual faults. */
function jsonFault(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return 'unexpected end of JSON input';
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch {
    const first = JSON.stringify(trimmed[0] ?? '').slice(1, -1);
    return /^[[{"\-0-9tfn]/.test(trimmed)
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`;
  }
  if (isRecord(value) || value === null) return null;
  const got = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${got} into Go value of type map[string]interface {}`;
}

function frozenCauses(now: ConfigMap | Secret, old: ConfigMap | Secret): Cause[] {
  if (old.immutable !== true) return [];
  const causes: Cause[] = [];
  if (now.immutable !== true) causes.push(forbiddenField('immutable', IMMUTABLE_SET));
  if (!sameValue(now.data, old.data)) causes.push(forbiddenField('data', IMMUTABLE_SET));
  if ('binaryData' in now || 'binaryData' in old) {
    const same = sameValue((now as ConfigMap).binaryData, (old as ConfigMap).binaryData);
    if (!same) causes.push(forbiddenField('binaryData', IMMUTABLE_SET));
  }
  return causes;
}

export const configMapRules: KindRules<ConfigMap> = {
  validate: (map) => [
    ...metadataCauses(map.metadata, true, dns1123Subdomain),
    ...configMapCauses(map),
  ],
  validateUpdate: (map, old) => [
    ...metadataUpdateCauses(map.metadata, old.metadata),
    ...frozenCauses(map, old),
    ...configMapCauses(map),
  ],
};

/** stringData is only for writing: it goes into data, encoded, over what stands there. */
function written(secret: Secret): Secret {
  const { stringData, ...rest } = secret;
  if (stringData === undefined) return secret;
  const encoded = Object.entries(stringData).map(([key, value]) => [key, encodeBase64(value)]);
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(encoded) } };
}

export const secretRules: KindRules<Secret> = {
  defaults(given) {
    const secret = written(given);
    return isUnset(secret.type) ? { ...secret, type: 'Opaque' } : secret;
  },
  validate: (secret) => [
    ...metadataCauses(secret.metadata, true, dns1123Subdomain),
    ...secretCauses(secret),
  ],
  validateUpdate: (secret, old) => [
    ...metadataUpdateCauses(secret.metadata, old.metadata),
    ...immutable('type', secret.type, old.type),
    ...frozenCauses(secret, old),
    ...secretCauses(secret),
  ],
};

export const serviceAccountRules: KindRules<ServiceAccount> = {
  validate: ({ metadata }) => metadataCauses(metadata, true, dns1123Subdomain),
  validateUpdate: ({ metadata }, old) => metadataUpdateCauses(metadata, old.metadata),
};
