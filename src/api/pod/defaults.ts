// Defaults of a PodSpec as decoding fills them in, of Pods and of templates, and what admission plugins add to
// Pods only: tolerations, priority, service account. Not added: the service-account token volume.
// Models pkg/apis/core/v1/defaults.go and plugin/pkg/admission/{defaulttolerationseconds,priority,serviceaccount}.
import { canonicalQuantity } from '../field/quantity.ts';
import type {
  Container,
  ContainerPort,
  Lifecycle,
  LifecycleHandler,
  Pod,
  PodCondition,
  PodSpec,
  PodTemplateSpec,
  Probe,
  Toleration,
  Volume,
} from '../types.ts';
import { type Draft, isUnset } from '../values.ts';

const DEFAULT_MODE = 0o644;
const TOLERATION_SECONDS = 300;

/** Always for the tag "latest" or none, IfNotPresent for every other tag, for digests and for what is no image. */
export function pullPolicyOf(image: string): string {
  if (image.includes('@') || image === '' || /\s/.test(image)) return 'IfNotPresent';
  const tag = /:([^/:]*)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultPort(port: ContainerPort, hostNetwork: boolean): ContainerPort {
  const next: Draft<ContainerPort> = { ...port };
  if (isUnset(port.protocol)) next.protocol = 'TCP';
  if (hostNetwork && isUnset(port.hostPort)) next.hostPort = port.containerPort;
  return next;
}

type HttpGet = NonNullable<Probe['httpGet']>;

function defaultHttpGet(get: HttpGet): HttpGet {
  return {
    ...get,
    path: isUnset(get.path) ? '/' : get.path,
    scheme: isUnset(get.scheme) ? 'HTTP' : get.scheme,
  };
}

function defaultProbe(probe: Probe): Probe {
  const next: Draft<Probe> = { ...probe };
  if (isUnset(probe.timeoutSeconds)) next.timeoutSeconds = 1;
  if (isUnset(probe.periodSeconds)) next.periodSeconds = 10;
  if (isUnset(probe.successThreshold)) next.successThreshold = 1;
  if (isUnset(probe.failureThreshold)) next.failureThreshold = 3;
  if (probe.httpGet !== undefined) next.httpGet = defaultHttpGet(probe.httpGet);
  if (probe.grpc !== undefined) next.grpc = { service: '', ...probe.grpc };
  return next;
}

function defaultHandler(handler: LifecycleHandler): LifecycleHandler {
  if (handler.httpGet === undefined) return handler;
  return { ...handler, httpGet: defaultHttpGet(handler.httpGet) };
}

function defaultLifecycle(lifecycle: Lifecycle): Lifecycle {
  const next: Draft<Lifecycle> = { ...lifecycle };
  if (lifecycle.preStop !== undefined) next.preStop = defaultHandler(lifecycle.preStop);
  if (lifecycle.postStart !== undefined) next.postStart = defaultHandler(lifecycle.postStart);
  return next;
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** `isPod`: what templates do not get: host ports of the host's network, requests from limits. */
function defaultContainer(container: Container, isPod: boolean, hostNetwork: boolean): Container {
  const next: Draft<Container> = { ...container };
  if (isUnset(next.imagePullPolicy)) next.imagePullPolicy = pullPolicyOf(next.image ?? '');
  if (isUnset(next.terminationMessagePath)) next.terminationMessagePath = '/dev/termination-log';
  if (isUnset(next.terminationMessagePolicy)) next.terminationMessagePolicy = 'File';
  if (next.ports !== undefined)
    next.ports = next.ports.map((p) => defaultPort(p, isPod && hostNetwork));
  for (const name of probes) {
    const probe = next[name];
    if (probe !== undefined) next[name] = defaultProbe(probe);
  }
  if (next.lifecycle !== undefined) next.lifecycle = defaultLifecycle(next.lifecycle);
  next.resources = defaultResources(next.resources ?? {}, isPod);
  if (next.env !== undefined) {
    next.env = next.env.map((entry) => {
      const ref = entry.valueFrom?.fieldRef;
      if (ref === undefined || !isUnset(ref.apiVersion)) return entry;
      return {
        ...entry,
        valueFrom: { ...entry.valueFrom, fieldRef: { ...ref, apiVersion: 'v1' } },
      };
    });
  }
  return next;
}

type Containers = readonly Container[];

/** What a list became, and what it became is itself: Pods of one template share one list. By `isPod` and host network. */
const defaulted = [0, 1, 2, 3].map(() => new WeakMap<Containers, Containers>());

function defaultContainers(given: Containers, isPod: boolean, hostNetwork: boolean): Containers {
  const known = defaulted[Number(isPod) + 2 * Number(hostNetwork)];
  let made = known?.get(given);
  if (made === undefined) {
    made = given.map((container) => defaultContainer(container, isPod, hostNetwork));
    known?.set(given, made);
    known?.set(made, made);
  }
  return made;
}

type Resources = NonNullable<Container['resources']>;

/** Quantities in the one form in which they are stored; of Pods, requests from limits. */
function defaultResources(resources: Resources, isPod: boolean): Resources {
  const { limits, requests } = resources;
  const asked = isPod && limits !== undefined ? { ...limits, ...requests } : requests;
  return {
    ...resources,
    ...(limits === undefined ? {} : { limits: canonical(limits) }),
    ...(asked === undefined ? {} : { requests: canonical(asked) }),
  };
}

function canonical(list: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(list).map(([k, v]) => [k, canonicalQuantity(v)]));
}

function withMode<T extends { readonly defaultMode?: number }>(source: T): T {
  return source.defaultMode === undefined ? { ...source, defaultMode: DEFAULT_MODE } : source;
}

function defaultVolume(volume: Volume): Volume {
  const next: Draft<Volume> = { ...volume };
  if (Object.keys(volume).length === 1) next.emptyDir = {};
  if (next.secret !== undefined) next.secret = withMode(next.secret);
  if (next.configMap !== undefined) next.configMap = withMode(next.configMap);
  if (next.downwardAPI !== undefined) next.downwardAPI = withMode(next.downwardAPI);
  if (next.projected !== undefined) next.projected = withMode(next.projected);
  return next;
}

/** SetDefaults_PodSpec and its containers: for Pods and for templates. */
function defaultPodSpec(spec: PodSpec | undefined, isPod: boolean): PodSpec {
  const next: Draft<PodSpec> = { ...(spec ?? { containers: [] }) };
  const host = next.hostNetwork === true;
  next.containers = defaultContainers(next.containers ?? [], isPod, host);
  if (next.initContainers !== undefined) {
    next.initContainers = defaultContainers(next.initContainers, isPod, host);
  }
  if (isUnset(next.restartPolicy)) next.restartPolicy = 'Always';
  next.terminationGracePeriodSeconds ??= 30;
  if (isUnset(next.dnsPolicy)) next.dnsPolicy = 'ClusterFirst';
  next.securityContext ??= {};
  if (isUnset(next.schedulerName)) next.schedulerName = 'default-scheduler';
  // The older name of the field is kept equal by conversion (pkg/apis/core/v1/conversion.go).
  const account = next.serviceAccountName ?? next.serviceAccount;
  if (!isUnset(account)) {
    next.serviceAccountName = account;
    next.serviceAccount = account;
  }
  if (next.volumes !== undefined) next.volumes = next.volumes.map(defaultVolume);
  return next;
}

/** A template of Deployments, Jobs and so on. */
export function defaultTemplate(template: PodTemplateSpec | undefined): PodTemplateSpec {
  return { ...template, spec: defaultPodSpec(template?.spec, false) };
}

/** SetDefaults_Pod: what templates do not get. */
export function defaultPod(pod: Pod): Pod {
  const spec: Draft<PodSpec> = { ...defaultPodSpec(pod.spec, true) };
  spec.enableServiceLinks ??= true;
  return { ...pod, spec };
}

const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;

function tolerates({ key, effect }: Toleration, taint: string): boolean {
  return (isUnset(key) || key === taint) && (isUnset(effect) || effect === 'NoExecute');
}

/** What admission adds on create, and the first status. */
export function admitPod(pod: Pod): Pod {
  const spec: Draft<PodSpec> = { ...pod.spec };
  const given = spec.tolerations ?? [];
  const added = taints
    .filter((taint) => !given.some((toleration) => tolerates(toleration, taint)))
    .map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: TOLERATION_SECONDS,
    }));
  if (added.length > 0) spec.tolerations = [...given, ...added];
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
  spec.serviceAccountName ??= spec.serviceAccount ?? 'default';
  spec.serviceAccount ??= spec.serviceAccountName;
  const gated = (spec.schedulingGates ?? []).length > 0 ? { conditions: [gatedCondition] } : {};
  return { ...pod, spec, status: { phase: 'Pending', ...gated, qosClass: qosClass(spec) } };
}

/** applySchedulingGatedCondition of pkg/registry/core/pod/strategy.go, which gives no time. */
const gatedCondition: PodCondition = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

/** Guaranteed, Burstable or BestEffort, from cpu and memory of all containers. */
export function qosClass(spec: PodSpec): string {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const names = ['cpu', 'memory'] as const;
  const any = all.some((c) =>
    names.some(
      (n) => c.resources?.limits?.[n] !== undefined || c.resources?.requests?.[n] !== undefined,
    ),
  );
  if (!any) return 'BestEffort';
  const guaranteed = all.every((c) =>
    names.every((n) => {
      const limit = c.resources?.limits?.[n];
      return limit !== undefined && (c.resources?.requests?.[n] ?? limit) === limit;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
