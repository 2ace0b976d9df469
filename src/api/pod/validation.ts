// Checks of a PodSpec, in a Pod or a template (A11), in upstream's order. Not checked: security contexts, resource
// claims, operating systems, overhead. Models ValidatePodSpec and ValidatePodCreate of pkg/apis/core/validation.
import type { Cause } from '../error.ts';
import { duplicate, forbiddenField, invalid, invalids, oneOf } from '../field/errors.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../field/names.ts';
import type { RuleContext } from '../kind-rules.ts';
import { annotationCauses, labelCauses, metadataCauses } from '../metadata/validation.ts';
import type { Pod, PodSpec, PodTemplateSpec } from '../types.ts';
import { isUnset } from '../values.ts';
import { containersCauses, initContainersCauses } from './containers.ts';
import { dnsConfigCauses, hostAliasCauses } from './dns.ts';
import type { PodContext } from './probes.ts';
import { affinityCauses, spreadCauses, tolerationCauses } from './scheduling.ts';
import { volumeCauses } from './volumes.ts';

const restartPolicies: readonly string[] = ['Always', 'OnFailure', 'Never'];
const dnsPolicies: readonly string[] = [
  'ClusterFirstWithHostNet',
  'ClusterFirst',
  'Default',
  'None',
];
const preemptionPolicies: readonly string[] = ['PreemptLowerPriority', 'Never'];
const SECONDS_MAX = 2147483647;

/** Templates may leave a host port out: the Pod gets it later. */
function hostNetworkCauses(spec: PodSpec, field: string, { isPod }: PodContext): Cause[] {
  if (spec.hostNetwork !== true) return [];
  return spec.containers.flatMap((container, i) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, j) => {
      if (hostPort === containerPort || (!isPod && hostPort === 0)) return [];
      const at = `${field}.containers[${i}].ports[${j}].hostPort`;
      return [invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true')];
    }),
  );
}

function gateCauses({ readinessGates = [], schedulingGates = [] }: PodSpec, at: string): Cause[] {
  const causes = readinessGates.flatMap(({ conditionType }, i) =>
    invalids(
      `${at}.readinessGates[${i}].conditionType`,
      conditionType,
      qualifiedName(conditionType),
    ),
  );
  const seen = new Set<string>();
  for (const [i, { name }] of schedulingGates.entries()) {
    const field = `${at}.schedulingGates[${i}]`;
    causes.push(...invalids(field, name, qualifiedName(name)));
    if (seen.has(name)) causes.push(duplicate(field, name));
    seen.add(name);
  }
  return causes;
}

type NameCheck = (name: string) => string[];

/** A name that may be left out. */
function named(value: string | undefined, field: string, check: NameCheck): Cause[] {
  return isUnset(value) ? [] : invalids(field, value, check(value));
}

function deadlineCauses(seconds: number | undefined, at: string): Cause[] {
  if (seconds === undefined || (seconds >= 1 && seconds <= SECONDS_MAX)) return [];
  return [invalid(at, seconds, `must be between 1 and ${SECONDS_MAX}, inclusive`)];
}

/** ValidatePodSpec at `field`. */
export function podSpecCauses(spec: PodSpec, field: string, context: PodContext): Cause[] {
  const { minor } = context;
  const volumes = volumeCauses(spec.volumes ?? [], `${field}.volumes`);
  const preemption = spec.preemptionPolicy;
  return [
    ...volumes.causes,
    ...containersCauses(spec, volumes.names, `${field}.containers`, context),
    ...initContainersCauses(spec, volumes.names, `${field}.initContainers`, context),
    ...hostNetworkCauses(spec, field, context),
    ...oneOf(`${field}.restartPolicy`, spec.restartPolicy, restartPolicies),
    ...oneOf(`${field}.dnsPolicy`, spec.dnsPolicy, dnsPolicies),
    ...labelCauses(spec.nodeSelector, `${field}.nodeSelector`),
    ...affinityCauses(spec.affinity, `${field}.affinity`),
    ...dnsConfigCauses(spec, `${field}.dnsConfig`, minor),
    ...gateCauses(spec, field),
    ...spreadCauses(spec.topologySpreadConstraints ?? [], `${field}.topologySpreadConstraints`),
    ...named(spec.serviceAccountName, `${field}.serviceAccountName`, dns1123Subdomain),
    ...named(spec.nodeName, `${field}.nodeName`, dns1123Subdomain),
    ...deadlineCauses(spec.activeDeadlineSeconds, `${field}.activeDeadlineSeconds`),
    ...named(spec.hostname, `${field}.hostname`, dns1123Label),
    ...named(spec.subdomain, `${field}.subdomain`, dns1123Label),
    ...tolerationCauses(spec.tolerations ?? [], `${field}.tolerations`),
    ...hostAliasCauses(spec, `${field}.hostAliases`, minor),
    ...named(spec.priorityClassName, `${field}.priorityClassName`, dns1123Subdomain),
    ...named(spec.runtimeClassName, `${field}.runtimeClassName`, dns1123Subdomain),
    ...(preemption === undefined
      ? []
      : oneOf(`${field}.preemptionPolicy`, preemption, preemptionPolicies)),
  ];
}

/** A template: its labels and annotations, then its spec. */
export function templateCauses(
  { metadata, spec = { containers: [] } }: PodTemplateSpec,
  field: string,
  { minor }: RuleContext,
): Cause[] {
  const causes = [
    ...labelCauses(metadata?.labels, `${field}.labels`),
    ...annotationCauses(metadata?.annotations, `${field}.annotations`),
    ...podSpecCauses(spec, `${field}.spec`, { minor, isPod: false }),
  ];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    const detail = 'ephemeral containers not allowed in pod template';
    causes.push(forbiddenField(`${field}.spec.ephemeralContainers`, detail));
  }
  return causes;
}

/** Metadata and spec, on create and on update. */
export function podBodyCauses(pod: Pod, { minor }: RuleContext): Cause[] {
  return [
    ...metadataCauses(pod.metadata, true, dns1123Subdomain),
    ...podSpecCauses(pod.spec, 'spec', { minor, isPod: true }),
  ];
}

/** ValidatePodCreate. */
export function podCauses(pod: Pod, context: RuleContext): Cause[] {
  const causes = podBodyCauses(pod, context);
  const { ephemeralContainers = [], nodeName, schedulingGates = [] } = pod.spec;
  if (ephemeralContainers.length > 0) {
    causes.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (!isUnset(nodeName) && schedulingGates.length > 0) {
    const detail = 'cannot be set until all schedulingGates have been cleared';
    causes.push(forbiddenField('spec.nodeName', detail));
  }
  return causes;
}
