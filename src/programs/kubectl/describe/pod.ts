// `kubectl describe` of Pods, and of the pod templates of workloads. What differs by version is told by `minor`.
// Models describePod and DescribePodTemplate of kubectl/pkg/describe/describe.go (1.27 to 1.36).
import { qosClass } from '../../../api/pod/defaults.ts';
import type {
  AnyObject,
  Container,
  Pod,
  PodTemplateSpec,
  TopologySpreadConstraint,
} from '../../../api/types.ts';
import { selectorText } from '../cells.ts';
import { containerLines, resourceLines } from './containers.ts';
import { eventLines, eventsOf } from './events.ts';
import {
  annotationLines,
  as,
  controlledByLine,
  type DescribeContext,
  labelAndAnnotationLines,
  labelLines,
  metaLines,
  since,
  sortedBy,
  stamp,
  tolerationLines,
} from './fields.ts';
import { volumeLines } from './volumes.ts';
import type { DescribeWriter } from './writer.ts';

export function describePod(object: AnyObject, w: DescribeWriter, context: DescribeContext): void {
  const pod = as<Pod>(object);
  const { metadata, spec, status } = pod;
  metaLines(w, metadata);
  scheduledLines(w, pod);
  labelAndAnnotationLines(w, metadata);
  statusLines(w, pod, context);
  w.line(0, 'IP:', status?.podIP ?? '');
  const ips = status?.podIPs ?? [];
  if (ips.length === 0) w.line(0, 'IPs:', '<none>');
  else w.line(0, 'IPs:');
  for (const { ip } of ips) w.line(1, 'IP:', ip);
  controlledByLine(w, metadata);
  if ((status?.nominatedNodeName ?? '') !== '') {
    w.line(0, 'NominatedNodeName:', status?.nominatedNodeName ?? '');
  }
  if (context.minor >= 32 && spec.resources !== undefined) {
    w.line(0, 'Resources:');
    resourceLines(w, 1, spec.resources);
  }
  allContainers(w, pod, context.minor);
  conditionLines(w, pod);
  volumeLines(w, spec.volumes, '', context.minor);
  w.line(0, 'QoS Class:', status?.qosClass || qosClass(spec));
  labelLines(w, 'Node-Selectors', spec.nodeSelector);
  tolerationLines(w, 'Tolerations', spec.tolerations);
  spreadLines(w, spec.topologySpreadConstraints, '');
  const mirrorOf = metadata.annotations?.['kubernetes.io/config.mirror'];
  eventLines(w, eventsOf(object, context, [mirrorOf ?? metadata.uid ?? ''], ''), context);
}

function scheduledLines(w: DescribeWriter, { spec, status }: Pod): void {
  if (spec.priority !== undefined) w.line(0, 'Priority:', spec.priority);
  if ((spec.priorityClassName ?? '') !== '') {
    w.line(0, 'Priority Class Name:', spec.priorityClassName ?? '');
  }
  if ((spec.runtimeClassName ?? '') !== '') {
    w.line(0, 'Runtime Class Name:', spec.runtimeClassName ?? '');
  }
  if ((spec.serviceAccountName ?? '') !== '') {
    w.line(0, 'Service Account:', spec.serviceAccountName ?? '');
  }
  const node = spec.nodeName ?? '';
  w.line(0, 'Node:', node === '' ? '<none>' : `${node}/${status?.hostIP ?? ''}`);
  if (status?.startTime !== undefined) w.line(0, 'Start Time:', stamp(status.startTime));
}

function statusLines(w: DescribeWriter, pod: Pod, { minor, nowSeconds }: DescribeContext): void {
  const { metadata, spec, status } = pod;
  const ended = minor >= 31 && (status?.phase === 'Failed' || status?.phase === 'Succeeded');
  if (metadata.deletionTimestamp !== undefined && !ended) {
    w.line(0, 'Status:', `Terminating (lasts ${since(metadata.deletionTimestamp, nowSeconds)})`);
    w.line(0, 'Termination Grace Period:', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else w.line(0, 'Status:', status?.phase ?? '');
  if ((status?.reason ?? '') !== '') w.line(0, 'Reason:', status?.reason ?? '');
  if ((status?.message ?? '') !== '') w.line(0, 'Message:', status?.message ?? '');
  const seccomp = spec.securityContext?.seccompProfile;
  if (seccomp === undefined) return;
  w.line(0, 'SeccompProfile:', seccomp.type);
  if (seccomp.type === 'Localhost') w.line(0, 'LocalhostProfile:', seccomp.localhostProfile ?? '');
}

function allContainers(w: DescribeWriter, pod: Pod, minor: number): void {
  const { spec, status } = pod;
  const shared = { pod, indent: '', minor };
  const inits = spec.initContainers ?? [];
  const ephemeral = spec.ephemeralContainers ?? [];
  const initStatuses = status?.initContainerStatuses ?? [];
  if (inits.length > 0) {
    const list = { title: 'Init Containers', containers: inits, statuses: initStatuses };
    containerLines(w, { ...shared, ...list });
  }
  const statuses = status?.containerStatuses ?? [];
  containerLines(w, { ...shared, title: 'Containers', containers: spec.containers, statuses });
  if (ephemeral.length > 0) {
    containerLines(w, {
      ...shared,
      title: 'Ephemeral Containers',
      containers: ephemeral.map((one) => as<Container>(one)),
      statuses: status?.ephemeralContainerStatuses ?? [],
    });
  }
}

function conditionLines(w: DescribeWriter, { spec, status }: Pod): void {
  const conditions = status?.conditions ?? [];
  const gates = spec.readinessGates ?? [];
  if (gates.length > 0) {
    w.line(0, 'Readiness Gates:');
    w.line(1, 'Type', 'Status');
  }
  for (const { conditionType: type } of gates) {
    const found = conditions.find((condition) => condition.type === type);
    w.line(1, `${type} `, `${found?.status ?? '<none>'} `);
  }
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type', 'Status');
  }
  for (const { type, status: value } of conditions) w.line(1, `${type} `, `${value} `);
}

function spreadLines(
  w: DescribeWriter,
  constraints: readonly TopologySpreadConstraint[] = [],
  indent: string,
): void {
  sortedBy(constraints, ({ topologyKey }) => topologyKey).forEach((constraint, i) => {
    const { topologyKey, whenUnsatisfiable, maxSkew, labelSelector } = constraint;
    const head = i === 0 ? `${indent}Topology Spread Constraints:` : indent;
    const selector =
      labelSelector === undefined ? '' : ` for selector ${selectorText(labelSelector)}`;
    const text = `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded`;
    w.write(`${head}\t${text}${selector}\n`);
  });
}

export function templateLines(
  w: DescribeWriter,
  template: PodTemplateSpec | undefined,
  minor: number,
): void {
  w.line(0, 'Pod Template:');
  const spec = template?.spec;
  if (spec === undefined) {
    w.write('  <unset>');
    return;
  }
  labelLines(w, '  Labels', template?.metadata?.labels);
  const annotations = template?.metadata?.annotations;
  if (Object.keys(annotations ?? {}).length > 0) annotationLines(w, '  Annotations', annotations);
  if ((spec.serviceAccountName ?? '') !== '') {
    w.line(1, 'Service Account:', spec.serviceAccountName ?? '');
  }
  const inits = spec.initContainers ?? [];
  const shared = { indent: '  ', minor };
  if (inits.length > 0) {
    containerLines(w, { ...shared, title: 'Init Containers', containers: inits });
  }
  containerLines(w, { ...shared, title: 'Containers', containers: spec.containers });
  volumeLines(w, spec.volumes, '  ', minor);
  spreadLines(w, spec.topologySpreadConstraints, '  ');
  if ((spec.priorityClassName ?? '') !== '') {
    w.line(1, 'Priority Class Name:', spec.priorityClassName ?? '');
  }
  // kubectl 1.30 added the two lines.
  if (minor < 30) return;
  labelLines(w, '  Node-Selectors', spec.nodeSelector);
  tolerationLines(w, '  Tolerations', spec.tolerations);
}
