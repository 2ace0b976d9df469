// Checks of metadata that all kinds share: name, namespace, labels, annotations, finalizers, owners; and label
// selectors. Models k8s.io/apimachinery/pkg/api/validation/objectmeta.go and apis/meta/v1/validation.
import type { Cause } from '../error.ts';
import {
  forbiddenField,
  goQuote,
  IMMUTABLE,
  invalid,
  invalids,
  required,
  tooLong,
} from '../field/errors.ts';
import { dns1123Label, labelValue, qualifiedName } from '../field/names.ts';
import type { LabelSelector, ObjectMeta, OwnerReference } from '../types.ts';
import { sameValue } from '../values.ts';

type NameCheck = (name: string) => string[];

/** A name prefix as it is checked: the trailing dash and what is before it stand for a letter (maskTrailingDash). */
function prefix({ generateName = '' }: ObjectMeta): string {
  const masks = generateName.length > 1 && generateName.endsWith('-');
  return masks ? `${generateName.slice(0, -2)}a` : generateName;
}

function nameCauses(meta: ObjectMeta, check: NameCheck): Cause[] {
  const causes: Cause[] = [];
  if (meta.generateName !== undefined && meta.generateName !== '') {
    causes.push(...invalids('metadata.generateName', meta.generateName, check(prefix(meta))));
  }
  if (meta.name === undefined || meta.name === '') {
    causes.push(required('metadata.name', 'name or generateName is required'));
  } else {
    causes.push(...invalids('metadata.name', meta.name, check(meta.name)));
  }
  return causes;
}

/** Label keys and values under `field`; keys in the order they are sorted. */
export function labelCauses(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
): Cause[] {
  if (labels === undefined) return [];
  const causes: Cause[] = [];
  for (const key in labels) {
    const named = qualifiedName(key);
    if (named.length > 0) causes.push(...invalids(field, key, named));
    const value = labels[key] ?? '';
    const valued = labelValue(value);
    if (valued.length > 0) causes.push(...invalids(field, value, valued));
  }
  return causes;
}

const ANNOTATION_BYTES_MAX = 262144;

/** Length in UTF-8 bytes. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Annotation keys, in lower case, and the size of all. */
export function annotationCauses(
  annotations: Readonly<Record<string, string>> | undefined,
  field = 'metadata.annotations',
): Cause[] {
  if (annotations === undefined) return [];
  const causes: Cause[] = [];
  let bytes = 0;
  for (const key in annotations) {
    causes.push(...invalids(field, key, qualifiedName(key.toLowerCase())));
    bytes += byteLength(key) + byteLength(annotations[key] ?? '');
  }
  if (bytes > ANNOTATION_BYTES_MAX) {
    causes.push(tooLong(field, ANNOTATION_BYTES_MAX));
  }
  return causes;
}

/** ValidateObjectMeta: name, namespace, labels, annotations, in upstream's order. */
export function metadataCauses(meta: ObjectMeta, namespaced: boolean, check: NameCheck): Cause[] {
  const causes = nameCauses(meta, check);
  if (namespaced) {
    if (meta.namespace === undefined || meta.namespace === '') {
      causes.push(required('metadata.namespace'));
    } else {
      causes.push(...invalids('metadata.namespace', meta.namespace, dns1123Label(meta.namespace)));
    }
  } else if (meta.namespace !== undefined && meta.namespace !== '') {
    causes.push(forbiddenField('metadata.namespace', 'not allowed on this type'));
  }
  causes.push(...labelCauses(meta.labels, 'metadata.labels'));
  causes.push(...annotationCauses(meta.annotations));
  causes.push(...ownerCauses(meta.ownerReferences ?? []));
  causes.push(...finalizerCauses(meta.finalizers ?? []));
  return causes;
}

function ownerCauses(owners: readonly OwnerReference[]): Cause[] {
  const at = 'metadata.ownerReferences';
  const causes: Cause[] = [];
  let first: string | undefined;
  for (const { apiVersion = '', kind = '', name = '', uid = '', controller } of owners) {
    if (apiVersion === '' || apiVersion.endsWith('/')) {
      causes.push(invalid(`${at}.apiVersion`, apiVersion, 'version must not be empty'));
    }
    if (kind === '') causes.push(invalid(`${at}.kind`, kind, 'must not be empty'));
    if (name === '') causes.push(invalid(`${at}.name`, name, 'must not be empty'));
    if (uid === '') causes.push(invalid(`${at}.uid`, uid, 'must not be empty'));
    if (controller !== true) continue;
    const text = `${kind}/${name}`;
    if (first !== undefined) {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${text}`;
      causes.push(invalid(at, owners, detail));
    } else first = text;
  }
  return causes;
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** ValidateFinalizers, then what pkg/apis/core/validation adds: a slash, or one of the three old names. */
function finalizerCauses(finalizers: readonly string[]): Cause[] {
  const at = 'metadata.finalizers';
  const causes = finalizers.flatMap((name) => invalids(at, name, qualifiedName(name)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const detail = 'finalizer orphan and foregroundDeletion cannot be both set';
    causes.push(invalid(at, finalizers, detail));
  }
  for (const [i, name] of finalizers.entries()) {
    if (name.includes('/') || standardFinalizers.includes(name)) continue;
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    causes.push(invalid(`${at}[${i}]`, name, detail));
  }
  return causes;
}

const fixed = ['name', 'namespace', 'uid', 'creationTimestamp'] as const;

/** What metadata may not change on update. */
export function metadataUpdateCauses(meta: ObjectMeta, old: ObjectMeta): Cause[] {
  const causes: Cause[] = [];
  if (old.deletionTimestamp !== undefined) {
    const before = old.finalizers ?? [];
    const added = [...new Set(meta.finalizers ?? [])].filter((name) => !before.includes(name));
    if (added.length > 0) {
      const list = `[]string{${added.sort().map(goQuote).join(', ')}}`;
      const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
      causes.push(forbiddenField('metadata.finalizers', detail));
    }
  }
  for (const field of fixed) {
    if (meta[field] !== old[field]) {
      causes.push(invalid(`metadata.${field}`, meta[field] ?? '', IMMUTABLE));
    }
  }
  causes.push(...labelCauses(meta.labels, 'metadata.labels'));
  causes.push(...annotationCauses(meta.annotations));
  causes.push(...ownerCauses(meta.ownerReferences ?? []));
  return causes;
}

/** ValidateLabelSelector: matchLabels, then matchExpressions. */
export function selectorCauses(selector: LabelSelector | undefined, field: string): Cause[] {
  if (selector === undefined) return [];
  const causes = labelCauses(selector.matchLabels, `${field}.matchLabels`);
  for (const [i, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${i}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        causes.push(
          required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"),
        );
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        causes.push(
          forbiddenField(
            `${at}.values`,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
          ),
        );
      }
    } else causes.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    causes.push(...invalids(`${at}.key`, key, qualifiedName(key)));
    for (const [j, value] of values.entries()) {
      causes.push(...invalids(`${at}.values[${j}]`, value, labelValue(value)));
    }
  }
  return causes;
}

/** A field that must keep its value: `Invalid value: ...: field is immutable`. */
export function immutable(field: string, value: unknown, old: unknown): Cause[] {
  return sameValue(value, old) ? [] : [invalid(field, value, IMMUTABLE)];
}
