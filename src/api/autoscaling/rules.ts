// HorizontalPodAutoscaler (A11): replicas and target. Models pkg/apis/autoscaling/{v2/defaults.go,validation}. Not checked:
// each metric and the behavior. Nothing acts on it here.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids, required } from '../field/errors.ts';
import { dns1123Subdomain, pathSegment } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type { HorizontalPodAutoscaler } from '../types.ts';
import { isUnset } from '../values.ts';

const usual = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
} as const;

function defaultAutoscaler(autoscaler: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const { spec } = autoscaler;
  if (spec === undefined) return autoscaler;
  const { minReplicas = 1, metrics = [] } = spec;
  return {
    ...autoscaler,
    spec: {
      ...spec,
      minReplicas,
      ...(autoscaler.apiVersion === 'autoscaling/v2' && metrics.length === 0
        ? { metrics: [usual] }
        : {}),
    },
  };
}

function specCauses({ spec }: HorizontalPodAutoscaler): Cause[] {
  const { minReplicas, maxReplicas = 0, scaleTargetRef, metrics = [] } = spec ?? {};
  const causes: Cause[] = [];
  if (minReplicas !== undefined && minReplicas < 1) {
    causes.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  }
  const at = 'spec.maxReplicas';
  if (maxReplicas < 1) causes.push(invalid(at, maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    const detail = 'must be greater than or equal to `minReplicas`';
    causes.push(invalid(at, maxReplicas, detail));
  }
  const { kind = '', name = '', apiVersion = '' } = scaleTargetRef ?? {};
  for (const [field, value] of Object.entries({ kind, name })) {
    const path = `spec.scaleTargetRef.${field}`;
    if (isUnset(value)) causes.push(required(path));
    else causes.push(...invalids(path, value, pathSegment(value)));
  }
  if (apiVersion === '' && kind !== 'ReplicationController') {
    const detail = 'apiVersion must specify API group';
    causes.push(invalid('spec.scaleTargetRef.apiVersion', apiVersion, detail));
  }
  const scalesToZero = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !scalesToZero) {
    const detail =
      'must specify at least one Object or External metric to support scaling to zero replicas';
    causes.push(forbiddenField('spec.metrics', detail));
  }
  return causes;
}

export const horizontalPodAutoscalerRules: KindRules<HorizontalPodAutoscaler> = {
  defaults: defaultAutoscaler,
  validate: (autoscaler) => [
    ...metadataCauses(autoscaler.metadata, true, dns1123Subdomain),
    ...specCauses(autoscaler),
  ],
  validateUpdate: (autoscaler, old) => [
    ...metadataUpdateCauses(autoscaler.metadata, old.metadata),
    ...specCauses(autoscaler),
  ],
};
