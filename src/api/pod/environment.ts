// Checks of env and envFrom (A11). Models ValidateEnv, validateEnvVarValueFrom and ValidateEnvFrom of
// pkg/apis/core/validation/validation.go. Whether ConfigMaps, Secrets and keys exist is the kubelet's business.
import type { Cause } from '../error.ts';
import { invalid, invalids, required, unsupported } from '../field/errors.ts';
import { configMapKey, dns1123Subdomain, qualifiedName } from '../field/names.ts';
import type { EnvFromSource, EnvVar, EnvVarSource } from '../types.ts';
import { isUnset } from '../values.ts';

/** Since then almost any name will do (gate RelaxedEnvironmentVariableValidation). */
const RELAXED_SINCE = 32;
const RELAXED =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";
const STRICT =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

function variableName(name: string, minor: number): string[] {
  if (minor >= RELAXED_SINCE) return /^[ -<>-~]*$/.test(name) ? [] : [RELAXED];
  const messages = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) ? [] : [STRICT];
  if (name === '.') messages.push("must not be '.'");
  else if (name === '..') messages.push("must not be '..'");
  else if (name.startsWith('..')) messages.push("must not start with '..'");
  return messages;
}

/** What `fieldRef` of a variable may name, sorted. */
const variableFields: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** What the API can name at all beside these. */
const otherFields = [
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
];

function fieldRefCauses({ fieldRef }: EnvVarSource, at: string): Cause[] {
  if (fieldRef === undefined) return [];
  const { apiVersion, fieldPath } = fieldRef;
  const field = `${at}.fieldPath`;
  if (isUnset(apiVersion)) return [required(`${at}.apiVersion`)];
  if (isUnset(fieldPath)) return [required(field)];
  const not = (why: string) => [invalid(field, fieldPath, `error converting fieldPath: ${why}`)];
  if (apiVersion !== 'v1') return not(`unsupported pod version: ${apiVersion}`);
  const [, path = '', subscript = ''] = /^([^[]*)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (path === 'metadata.annotations')
    return invalids(at, subscript.toLowerCase(), qualifiedName(subscript.toLowerCase()));
  if (path === 'metadata.labels') return invalids(at, subscript, qualifiedName(subscript));
  if (path !== '') return not(`field label does not support subscript: ${fieldPath}`);
  const own = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  if (variableFields.includes(own)) return [];
  if (!otherFields.includes(own)) return not(`field label not supported: ${fieldPath}`);
  return [unsupported(field, own, variableFields)];
}

function keyRefCauses(
  ref: { readonly name?: string; readonly key?: string } | undefined,
  at: string,
): Cause[] {
  if (ref === undefined) return [];
  const { name = '', key = '' } = ref;
  const causes = invalids(`${at}.name`, name, dns1123Subdomain(name));
  if (key === '') causes.push(required(`${at}.key`));
  else causes.push(...invalids(`${at}.key`, key, configMapKey(key)));
  return causes;
}

const sources = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'] as const;

function valueFromCauses({ value, valueFrom }: EnvVar, at: string): Cause[] {
  if (valueFrom === undefined) return [];
  const causes = fieldRefCauses(valueFrom, `${at}.fieldRef`);
  const resource = valueFrom.resourceFieldRef;
  if (resource !== undefined && isUnset(resource.resource)) {
    causes.push(required(`${at}.resourceFieldRef.resource`));
  }
  causes.push(...keyRefCauses(valueFrom.configMapKeyRef, `${at}.configMapKeyRef`));
  causes.push(...keyRefCauses(valueFrom.secretKeyRef, `${at}.secretKeyRef`));
  const given = sources.filter((source) => valueFrom[source] !== undefined).length;
  const other = valueFrom.fileKeyRef === undefined ? 0 : 1;
  if (given + other === 0) {
    const list = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
    causes.push(invalid(at, '', `must specify one of: ${list}`));
  } else if (!isUnset(value)) {
    causes.push(invalid(at, '', 'may not be specified when `value` is not empty'));
  } else if (given + other > 1) {
    causes.push(invalid(at, '', 'may not have more than one field specified at a time'));
  }
  return causes;
}

export function envCauses(env: readonly EnvVar[], at: string, minor: number): Cause[] {
  return env.flatMap((entry, i) => {
    const field = `${at}[${i}].name`;
    const { name } = entry;
    const causes = isUnset(name)
      ? [required(field)]
      : invalids(field, name, variableName(name, minor));
    return [...causes, ...valueFromCauses(entry, `${at}[${i}].valueFrom`)];
  });
}

/** Upstream names the list, not the entry, when an entry has no source. */
export function envFromCauses(list: readonly EnvFromSource[], at: string, minor: number): Cause[] {
  return list.flatMap(({ prefix, configMapRef, secretRef }, i) => {
    const causes: Cause[] = [];
    if (!isUnset(prefix)) {
      causes.push(...invalids(`${at}[${i}].prefix`, prefix, variableName(prefix, minor)));
    }
    const refs = Object.entries({ configMapRef, secretRef }).filter(([, r]) => r !== undefined);
    for (const [kind, ref] of refs) {
      const field = `${at}[${i}].${kind}.name`;
      const name = ref?.name;
      if (isUnset(name)) causes.push(required(field));
      else causes.push(...invalids(field, name, dns1123Subdomain(name)));
    }
    if (refs.length === 0) {
      causes.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (refs.length > 1) {
      causes.push(invalid(at, '', 'may not have more than one field specified at a time'));
    }
    return causes;
  });
}
