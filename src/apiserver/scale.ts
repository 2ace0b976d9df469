// The scale subresource: an autoscaling/v1 Scale read from and written to a workload. Models the ScaleREST of
// pkg/registry/apps/*/storage; of custom kinds only those that keep spec.replicas and status.replicas.
import type { Cause } from '../api/error.ts';
import { invalid } from '../api/field/errors.ts';
import { formatSelector } from '../api/label-selector.ts';
import type { AnyObject, LabelSelector } from '../api/types.ts';
import { isRecord } from '../api/values.ts';

function numberIn(object: AnyObject, part: 'spec' | 'status'): number {
  const fields = object[part];
  const value = isRecord(fields) ? fields['replicas'] : undefined;
  return typeof value === 'number' ? value : 0;
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
      ...(isRecord(selector) ? { selector: formatSelector(selector as LabelSelector) } : {}),
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
