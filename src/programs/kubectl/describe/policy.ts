// `kubectl describe` of rules about Pods: NetworkPolicy, PodDisruptionBudget, HorizontalPodAutoscaler, and of RBAC's
// bindings. Models the describers of the same names in kubectl/pkg/describe/describe.go.
import type {
  AnyObject,
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  PodDisruptionBudget,
} from '../../../api/types.ts';
import { unixSeconds } from '../age.ts';
import { selectorText } from '../cells.ts';
import { ownEvents } from './events.ts';
import { as, type DescribeContext, labelAndAnnotationLines, metaLines, stamp } from './fields.ts';
import type { DescribeWriter } from './writer.ts';

export function describeNetworkPolicy(
  object: AnyObject,
  w: DescribeWriter,
  { minor }: DescribeContext,
): void {
  const { metadata, spec } = as<NetworkPolicy>(object);
  metaLines(w, metadata);
  w.line(0, 'Created on:', plainStamp(metadata.creationTimestamp));
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'Spec:');
  const pods = selectorText(spec?.podSelector);
  const all = '<none> (Allowing the specific traffic to all pods in this namespace)';
  w.write(`  PodSelector:     ${pods === '<none>' ? all : pods}\n`);
  const types = spec?.policyTypes ?? [];
  if (types.includes('Ingress')) {
    w.line(1, 'Allowing ingress traffic:');
    ruleLines(
      w,
      minor,
      'ingress',
      (spec?.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from })),
    );
  } else w.line(1, 'Not affecting ingress traffic');
  if (types.includes('Egress')) {
    w.line(1, 'Allowing egress traffic:');
    ruleLines(
      w,
      minor,
      'egress',
      (spec?.egress ?? []).map(({ ports, to }) => ({ ports, peers: to })),
    );
  } else w.line(1, 'Not affecting egress traffic');
  w.line(1, `Policy Types: ${types.join(', ') || '<none>'}`);
}

/** "2026-01-01 00:00:00 +0000 UTC", as Go prints a time. */
function plainStamp(time: string | undefined): string {
  if (time === undefined || unixSeconds(time) === undefined) return '0001-01-01 00:00:00 +0000 UTC';
  return `${time.slice(0, 10)} ${time.slice(11, 19)} +0000 UTC`;
}

interface Rule {
  readonly ports: readonly NetworkPolicyPort[] | undefined;
  readonly peers: readonly NetworkPolicyPeer[] | undefined;
}

function ruleLines(
  w: DescribeWriter,
  minor: number,
  direction: 'ingress' | 'egress',
  rules: readonly Rule[],
): void {
  if (rules.length === 0) {
    w.line(2, `<none> (Selected pods are isolated for ${direction} connectivity)`);
  }
  const [side, by] = direction === 'ingress' ? ['From', 'source'] : ['To', 'destination'];
  rules.forEach(({ ports = [], peers = [] }, i) => {
    if (ports.length === 0) w.line(2, 'To Port: <any> (traffic allowed to all ports)');
    for (const port of ports) w.line(2, portText(port, minor));
    if (peers.length === 0) w.line(2, `${side}: <any> (traffic not restricted by ${by})`);
    for (const peer of peers) peerLines(w, side ?? '', peer);
    if (i !== rules.length - 1) w.line(2, '----------');
  });
}

function portText({ port, endPort, protocol = 'TCP' }: NetworkPolicyPort, minor: number): string {
  const number = port ?? '<nil>';
  return endPort === undefined || minor < 31
    ? `To Port: ${number}/${protocol}`
    : `To Port Range: ${number}-${endPort}/${protocol}`;
}

function peerLines(w: DescribeWriter, side: string, peer: NetworkPolicyPeer): void {
  const { namespaceSelector, podSelector, ipBlock } = peer;
  w.line(2, `${side}:`);
  if (namespaceSelector !== undefined) {
    w.line(3, `NamespaceSelector: ${selectorText(namespaceSelector)}`);
  }
  if (podSelector !== undefined) w.line(3, `PodSelector: ${selectorText(podSelector)}`);
  if (namespaceSelector !== undefined || podSelector !== undefined || ipBlock === undefined) return;
  w.line(3, 'IPBlock:');
  w.line(4, `CIDR: ${ipBlock.cidr}`);
  w.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`);
}

export function describeDisruptionBudget(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<PodDisruptionBudget>(object);
  metaLines(w, metadata);
  if (spec?.minAvailable !== undefined) w.line(0, 'Min available:', spec.minAvailable);
  else if (spec?.maxUnavailable !== undefined) w.line(0, 'Max unavailable:', spec.maxUnavailable);
  const selector = spec?.selector;
  w.line(0, 'Selector:', selector === undefined ? '<unset>' : selectorText(selector));
  w.line(0, 'Status:');
  w.line(2, 'Allowed disruptions:', status?.disruptionsAllowed ?? 0);
  w.line(2, 'Current:', status?.currentHealthy ?? 0);
  w.line(2, 'Desired:', status?.desiredHealthy ?? 0);
  w.line(2, 'Total:', status?.expectedPods ?? 0);
  ownEvents(w, object, context);
}

export function describeAutoscaler(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<HorizontalPodAutoscaler>(object);
  const target = spec?.scaleTargetRef;
  metaLines(w, metadata);
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'CreationTimestamp:', stamp(metadata.creationTimestamp));
  w.line(0, 'Reference:', `${target?.kind}/${target?.name}`);
  w.line(0, 'Metrics:', '( current / target )');
  (spec?.metrics ?? []).forEach((metric, i) => {
    w.write(`  ${metricText(metric, status?.currentMetrics?.[i])}\n`);
  });
  w.line(0, 'Min replicas:', spec?.minReplicas ?? '<unset>');
  w.line(0, 'Max replicas:', spec?.maxReplicas ?? 0);
  if (spec?.behavior !== undefined) {
    w.line(0, 'Behavior:');
    directionLines(w, 'Scale Up', spec.behavior.scaleUp);
    directionLines(w, 'Scale Down', spec.behavior.scaleDown);
  }
  const { currentReplicas = 0, desiredReplicas = 0, conditions = [] } = status ?? {};
  w.line(0, `${target?.kind} pods:`, `${currentReplicas} current / ${desiredReplicas} desired`);
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type', 'Status', 'Reason', 'Message');
    w.line(1, '----', '------', '------', '-------');
  }
  for (const { type, status: value, reason = '', message = '' } of conditions) {
    w.line(1, type, value, reason, message);
  }
  ownEvents(w, object, context);
}

function metricText(metric: MetricSpec, current: MetricStatus | undefined): string {
  const { external, pods, object, resource, containerResource } = metric;
  if (external !== undefined) {
    return ofTarget(
      `${JSON.stringify(external.metric.name)} `,
      external.target,
      current?.external?.current,
    );
  }
  if (pods !== undefined) {
    const now = current?.pods?.current.averageValue ?? '<unknown>';
    return `${JSON.stringify(pods.metric.name)} on pods:\t${now} / ${pods.target.averageValue ?? '0'}`;
  }
  if (object !== undefined) {
    const { metric: of, describedObject } = object;
    const head = `"${of.name}" on ${describedObject.kind}/${describedObject.name} `;
    return ofTarget(head, object.target, current?.object?.current);
  }
  if (resource !== undefined) {
    const head = `resource ${resource.name} on pods`;
    return ofResource(head, resource.target, current?.resource?.current);
  }
  if (containerResource !== undefined) {
    const { name, container, target } = containerResource;
    const head = `resource ${name} of container "${container}" on pods`;
    return ofResource(head, target, current?.containerResource?.current);
  }
  return `<unknown metric type ${JSON.stringify(metric.type)}>`;
}

function ofTarget(
  head: string,
  target: MetricTarget,
  current: MetricValueStatus | undefined,
): string {
  const average = target.averageValue;
  if (average !== undefined) {
    return `${head}(target average value):\t${current?.averageValue ?? '<unknown>'} / ${average}`;
  }
  return `${head}(target value):\t${current?.value ?? '<unknown>'} / ${target.value ?? '0'}`;
}

function ofResource(
  head: string,
  target: MetricTarget,
  current: MetricValueStatus | undefined,
): string {
  if (target.averageValue !== undefined) {
    return `${head}:\t${current?.averageValue ?? '<unknown>'} / ${target.averageValue}`;
  }
  const used = current?.averageUtilization;
  const now = used === undefined ? '<unknown>' : `${used}% (${current?.averageValue ?? '0'})`;
  const wanted = target.averageUtilization;
  const goal = wanted === undefined ? '<auto>' : `${wanted}%`;
  return `${head}  (as a percentage of request):\t${now} / ${goal}`;
}

function directionLines(
  w: DescribeWriter,
  title: string,
  rules: HPAScalingRules | undefined,
): void {
  if (rules === undefined) return;
  w.line(1, `${title}:`);
  const window = rules.stabilizationWindowSeconds;
  if (window !== undefined) w.line(2, `Stabilization Window: ${window} seconds`);
  const policies = rules.policies ?? [];
  if (policies.length === 0) return;
  w.line(2, `Select Policy: ${rules.selectPolicy ?? 'Max'}`);
  w.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of policies) {
    w.line(3, `- Type: ${type}`, `Value: ${value}`, `Period: ${periodSeconds} seconds`);
  }
}

interface Binding {
  readonly roleRef?: { readonly kind?: string; readonly name?: string };
  readonly subjects?: readonly {
    readonly kind?: string;
    readonly name?: string;
    readonly namespace?: string;
  }[];
}

export function describeBinding(object: AnyObject, w: DescribeWriter): void {
  const { roleRef, subjects = [] } = as<Binding>(object);
  w.line(0, 'Name:', object.metadata.name);
  labelAndAnnotationLines(w, object.metadata);
  w.line(0, 'Role:');
  w.line(1, 'Kind:', roleRef?.kind ?? '');
  w.line(1, 'Name:', roleRef?.name ?? '');
  w.line(0, 'Subjects:');
  w.line(1, 'Kind', 'Name', 'Namespace');
  w.line(1, '----', '----', '---------');
  for (const { kind = '', name = '', namespace = '' } of subjects) w.line(1, kind, name, namespace);
}
