// The scale subresource: an autoscaling/v1 Scale read from and written to a workload. Models the ScaleREST of
// pkg/registry/apps/*/storage; of custom kinds only those that keep spec.replicas and status.replicas.
import type { Cause } from '../api/error.ts';
import { invalid } from '../api/field/errors.ts';
import type { AnyObject, LabelSelector } from '../api/types.ts';
import { isRecord } from '../api/values.ts';

function numberIn(object: AnyObject, part: 'spec' | 'status'): number {
  const fields = object[part];
  const value = isRecord(fields) ? fields['replicas'] : undefined;
  return typeof value === 'number' ? value : 0;
}

/** metav1.FormatLabelSelector, as status.selector carries it. */
function selectorText(selector: LabelSelector | Readonly<Record<string, string>>): string {
  const { matchLabels, matchExpressions } = selector as LabelSelector;
  const plain = matchLabels === undefined && matchExpressions === undefined;
  const labels = plain ? (selector as Readonly<Record<string, string>>) : (matchLabels ?? {});
  const parts = Object.keys(labels).map((key) => ({ key, text: `${key}=${labels[key]}` }));
  const terms: Readonly<Record<string, (key: string, values: string) => string>> = {
    In: (key, values) => `${key} in (${values})`,
    NotIn: (key, values) => `${key} notin (${values})`,
    Exists: (key) => key,
    DoesNotExist: (key) => `!${key}`,
  };
  for (const { key, operator, values = [] } of plain ? [] : (matchExpressions ?? [])) {
    parts.push({ key, text: terms[operator]?.(key, [...values].sort().join(',')) ?? key });
  }
  return parts
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ text }) => text)
    .join(',');
}

export function scaleOf(object: AnyObject): AnyObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const spec = object['spec'];
  const selector = isRecord(spec) ? spec['selector'] : undefined;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: { replicas: numberIn(object, 'spec') },
    status: {
      replicas: numberIn(object, 'status'),
      ...(isRecord(selector) ? { selector: selectorText(selector) } : {}),
    },
  };
}

/** ValidateScale. */
export function scaleCauses(scale: AnyObject): readonly Cause[] {
  const replicas = numberIn(scale, 'spec');
  const field = 'spec.replicas';
  return replicas < 0 ? [invalid(field, replicas, 'must be greater than or equal to 0')] : [];
}

/** The workload with the Scale's replicas; a resourceVersion in the Scale must be the workload's. */
export function scaled(object: AnyObject, scale: AnyObject): AnyObject {
  const { resourceVersion } = scale.metadata;
  const { resourceVersion: _, ...metadata } = object.metadata;
  const spec = isRecord(object['spec']) ? object['spec'] : {};
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    spec: { ...spec, replicas: numberIn(scale, 'spec') },
  };
}
