// Checks of a PodSpec, in a Pod or a template, and of what a Pod may change (A11). Not checked: volumes' sources,
// affinity terms, security contexts. Models ValidatePodSpec and ValidatePodUpdate.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids, oneOf } from '../field/errors.ts';
import { dns1123Label, dns1123Subdomain } from '../field/names.ts';
import { labelCauses, metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type { Pod, PodSpec, PodTemplateSpec } from '../types.ts';
import { isUnset, sameValue } from '../values.ts';
import { containersCauses } from './containers.ts';

const restartPolicies: readonly string[] = ['Always', 'OnFailure', 'Never'];
const dnsPolicies: readonly string[] = [
  'ClusterFirstWithHostNet',
  'ClusterFirst',
  'Default',
  'None',
];

function hostNetworkCauses(spec: PodSpec, field: string): Cause[] {
  if (spec.hostNetwork !== true) return [];
  return spec.containers.flatMap((container, i) =>
    (container.ports ?? []).flatMap((port, j) =>
      port.hostPort === port.containerPort
        ? []
        : [
            invalid(
              `${field}.containers[${i}].ports[${j}].hostPort`,
              port.hostPort ?? 0,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ],
    ),
  );
}

/** ValidatePodSpec at `field`. */
export function podSpecCauses(spec: PodSpec, field: string): Cause[] {
  const causes = containersCauses(spec, field);
  causes.push(...oneOf(`${field}.restartPolicy`, spec.restartPolicy, restartPolicies));
  causes.push(...oneOf(`${field}.dnsPolicy`, spec.dnsPolicy, dnsPolicies));
  causes.push(...labelCauses(spec.nodeSelector, `${field}.nodeSelector`));
  causes.push(...hostNetworkCauses(spec, field));
  if (!isUnset(spec.nodeName)) {
    causes.push(...invalids(`${field}.nodeName`, spec.nodeName, dns1123Subdomain(spec.nodeName)));
  }
  if (!isUnset(spec.hostname)) {
    causes.push(...invalids(`${field}.hostname`, spec.hostname, dns1123Label(spec.hostname)));
  }
  if (!isUnset(spec.subdomain)) {
    causes.push(...invalids(`${field}.subdomain`, spec.subdomain, dns1123Label(spec.subdomain)));
  }
  return causes;
}

/** A template: its labels, then its spec. */
export function templateCauses(template: PodTemplateSpec, field: string): Cause[] {
  return [
    ...labelCauses(template.metadata?.labels, `${field}.metadata.labels`),
    ...podSpecCauses(template.spec ?? { containers: [] }, `${field}.spec`),
  ];
}

export function podCauses(pod: Pod): Cause[] {
  return [
    ...metadataCauses(pod.metadata, true, dns1123Subdomain),
    ...podSpecCauses(pod.spec, 'spec'),
  ];
}

const CHANGES =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** The spec with what may change taken from `old`; a node is set once, by binding. */
function comparable(spec: PodSpec, old: PodSpec): PodSpec {
  const images = (list: PodSpec['containers'], before: PodSpec['containers']) =>
    list.map((container, i) => ({ ...container, image: before[i]?.image ?? '' }));
  const { activeDeadlineSeconds, tolerations, nodeName, schedulingGates, ...rest } = spec;
  const { initContainers } = spec;
  return {
    ...rest,
    containers: images(spec.containers, old.containers),
    ...(initContainers === undefined
      ? {}
      : { initContainers: images(initContainers, old.initContainers ?? []) }),
    ...(old.activeDeadlineSeconds === undefined
      ? {}
      : { activeDeadlineSeconds: old.activeDeadlineSeconds }),
    ...(old.tolerations === undefined ? {} : { tolerations: old.tolerations }),
    ...(old.schedulingGates === undefined ? {} : { schedulingGates: old.schedulingGates }),
    ...(old.nodeName === undefined ? {} : { nodeName: nodeName === undefined ? '' : nodeName }),
  };
}

/** Gates are taken away one by one, never added. */
function gateCauses({ schedulingGates = [] }: PodSpec, old: PodSpec): Cause[] {
  const known = new Set(old.schedulingGates?.map((gate) => gate.name));
  return schedulingGates.flatMap(({ name }, i) => {
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return known.has(name) ? [] : [forbiddenField(`spec.schedulingGates[${i}].name`, detail)];
  });
}

/** ValidatePodUpdate; upstream appends a diff in Go syntax to the message, which is not modelled. */
export function podUpdateCauses(pod: Pod, old: Pod): Cause[] {
  const causes = metadataUpdateCauses(pod.metadata, old.metadata);
  if (pod.spec === old.spec) return causes;
  causes.push(...podSpecCauses(pod.spec, 'spec'), ...gateCauses(pod.spec, old.spec));
  if (!sameValue(comparable(pod.spec, old.spec), old.spec)) {
    causes.push(forbiddenField('spec', CHANGES));
  }
  return causes;
}
