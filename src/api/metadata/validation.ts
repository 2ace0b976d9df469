// Checks of metadata that all kinds share: name, namespace, labels, annotations, finalizers, owners; and label
// selectors. Models k8s.io/apimachinery/pkg/api/validation/objectmeta.go and apis/meta/v1/validation.
import type { Cause } from '../error.ts';
import {
  forbiddenField,
  IMMUTABLE,
  invalid,
  invalids,
  required,
  tooLong,
} from '../field/errors.ts';
import { dns1123Label, labelValue, qualifiedName } from '../field/names.ts';
import type { LabelSelector, ObjectMeta } from '../types.ts';
import { sameValue } from '../values.ts';

type NameCheck = (name: string) => string[];

function nameCauses(meta: ObjectMeta, check: NameCheck): Cause[] {
  const causes: Cause[] = [];
  if (meta.generateName !== undefined && meta.generateName !== '') {
    const base = meta.generateName.replace(/-$/, 'a');
    causes.push(...invalids('metadata.generateName', meta.generateName, check(base)));
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
    causes.push(...invalids(field, key, qualifiedName(key)));
    const value = labels[key] ?? '';
    causes.push(...invalids(field, value, labelValue(value)));
  }
  return causes;
}

const ANNOTATION_BYTES_MAX = 262144;

/** Length in UTF-8 bytes. */
function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function annotationCauses(annotations: Readonly<Record<string, string>> | undefined): Cause[] {
  if (annotations === undefined) return [];
  const causes: Cause[] = [];
  let bytes = 0;
  for (const key in annotations) {
    causes.push(...invalids('metadata.annotations', key, qualifiedName(key.toLowerCase())));
    bytes += byteLength(key) + byteLength(annotations[key] ?? '');
  }
  if (bytes > ANNOTATION_BYTES_MAX) {
    causes.push(tooLong('metadata.annotations', ANNOTATION_BYTES_MAX));
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
  for (const finalizer of meta.finalizers ?? []) {
    causes.push(...invalids('metadata.finalizers', finalizer, qualifiedName(finalizer)));
  }
  return causes;
}

const fixed = ['name', 'namespace', 'uid', 'creationTimestamp'] as const;

/** What metadata may not change on update. */
export function metadataUpdateCauses(meta: ObjectMeta, old: ObjectMeta): Cause[] {
  const causes: Cause[] = [];
  for (const field of fixed) {
    if (meta[field] !== old[field]) {
      causes.push(invalid(`metadata.${field}`, meta[field] ?? '', IMMUTABLE));
    }
  }
  causes.push(...labelCauses(meta.labels, 'metadata.labels'));
  causes.push(...annotationCauses(meta.annotations));
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
