// Containers of Pods and pod templates as `kubectl describe` prints them: state, probes, environment, mounts. What
// differs by version is told by `minor`. Models describeContainers of kubectl/pkg/describe/describe.go.
import { canonicalQuantity, formatQuantity, parseQuantity } from '../../../api/field/quantity.ts';
import type {
  Container,
  ContainerPort,
  ContainerState,
  ContainerStatus,
  EnvVar,
  Pod,
  Probe,
  ResourceFieldSelector,
  ResourceRequirements,
} from '../../../api/types.ts';
import { keysOf, sortedBy, stamp } from './fields.ts';
import type { DescribeWriter } from './writer.ts';

/** kubectl 1.34 added the names of ports. */
const sincePortNames = 34;

export interface ContainerList {
  readonly title: string;
  readonly containers: readonly Container[];
  /** Absent in templates. */
  readonly statuses?: readonly ContainerStatus[];
  /** Whose fields `fieldRef` reads; absent in templates. */
  readonly pod?: Pod;
  readonly indent: string;
  readonly minor: number;
}

export function containerLines(w: DescribeWriter, list: ContainerList): void {
  const { title, containers, statuses = [], indent, minor } = list;
  w.write(`${indent}${title}:${containers.length === 0 ? ' <none>' : ''}\n`);
  for (const container of containers) {
    const status = statuses.find(({ name }) => name === container.name);
    basicLines(w, container, status, indent, minor);
    commandLines(w, 'Command', container.command);
    commandLines(w, 'Args', container.args);
    if (status !== undefined) stateLines(w, status);
    resourceLines(w, 2, container.resources);
    probeLine(w, 'Liveness', container.livenessProbe);
    probeLine(w, 'Readiness', container.readinessProbe);
    probeLine(w, 'Startup', container.startupProbe);
    environmentFromLines(w, container);
    environmentLines(w, container, list.pod);
    mountLines(w, container);
  }
}

function basicLines(
  w: DescribeWriter,
  container: Container,
  status: ContainerStatus | undefined,
  indent: string,
  minor: number,
): void {
  w.line(1, `${indent === '' ? '' : ' '}${container.name}:`);
  if (status !== undefined) w.line(2, 'Container ID:', status.containerID ?? '');
  w.line(2, 'Image:', container.image ?? '');
  if (status !== undefined) w.line(2, 'Image ID:', status.imageID ?? '');
  const ports = container.ports ?? [];
  portLine(w, 'Port', ports, minor, (port) => port.containerPort);
  portLine(w, 'Host Port', ports, minor, (port) => port.hostPort ?? 0);
  const seccomp = container.securityContext?.seccompProfile;
  if (seccomp === undefined) return;
  w.line(2, 'SeccompProfile:', seccomp.type);
  if (seccomp.type === 'Localhost') w.line(3, 'LocalhostProfile:', seccomp.localhostProfile ?? '');
}

function portLine(
  w: DescribeWriter,
  title: string,
  ports: readonly ContainerPort[],
  minor: number,
  number: (port: ContainerPort) => number,
): void {
  const texts = ports.map((port) => {
    const text = `${number(port)}/${port.protocol ?? ''}`;
    const named = minor >= sincePortNames && (port.name ?? '') !== '';
    return named ? `${text} (${port.name})` : text;
  });
  if (texts.length > 1) w.line(2, `${title}s:`, texts.join(', '));
  else w.line(2, `${title}:`, texts[0] ?? '<none>');
}

function commandLines(w: DescribeWriter, title: string, words: readonly string[] = []): void {
  if (words.length === 0) return;
  w.line(2, `${title}:`);
  for (const line of words.flatMap((word) => word.split('\n'))) w.line(3, line);
}

function stateLines(w: DescribeWriter, status: ContainerStatus): void {
  oneState(w, 'State', status.state ?? {});
  const last = status.lastState;
  if (last?.terminated !== undefined) oneState(w, 'Last State', last);
  w.line(2, 'Ready:', status.ready ? 'True' : 'False');
  w.line(2, 'Restart Count:', status.restartCount);
}

function oneState(w: DescribeWriter, title: string, state: ContainerState): void {
  const { running, waiting, terminated } = state;
  if (running !== undefined) {
    w.line(2, `${title}:`, 'Running');
    w.line(3, 'Started:', stamp(running.startedAt));
    return;
  }
  if (waiting !== undefined || terminated === undefined) {
    w.line(2, `${title}:`, 'Waiting');
    if ((waiting?.reason ?? '') !== '') w.line(3, 'Reason:', waiting?.reason ?? '');
    return;
  }
  const { reason = '', message = '', exitCode, signal = 0 } = terminated;
  w.line(2, `${title}:`, 'Terminated');
  if (reason !== '') w.line(3, 'Reason:', reason);
  if (message !== '') w.line(3, 'Message:', message);
  w.line(3, 'Exit Code:', exitCode);
  if (signal > 0) w.line(3, 'Signal:', signal);
  w.line(3, 'Started:', stamp(terminated.startedAt));
  w.line(3, 'Finished:', stamp(terminated.finishedAt));
}

export function resourceLines(
  w: DescribeWriter,
  level: number,
  resources: ResourceRequirements | undefined,
): void {
  for (const [title, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const names = keysOf(list);
    if (names.length > 0) w.line(level, `${title}:`);
    for (const name of names) w.line(level + 1, `${name}:`, canonicalQuantity(list?.[name]) ?? '');
  }
}

function probeLine(w: DescribeWriter, title: string, probe: Probe | undefined): void {
  if (probe !== undefined) w.line(2, `${title}:`, probeText(probe));
}

/** "http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3" */
export function probeText(probe: Probe): string {
  const n = (value: number | undefined): number => value ?? 0;
  const attributes =
    `delay=${n(probe.initialDelaySeconds)}s timeout=${n(probe.timeoutSeconds)}s ` +
    `period=${n(probe.periodSeconds)}s #success=${n(probe.successThreshold)} #failure=${n(probe.failureThreshold)}`;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (exec !== undefined) return `exec [${(exec.command ?? []).join(' ')}] ${attributes}`;
  if (httpGet !== undefined) {
    const { scheme = '', host = '', port, path = '' } = httpGet;
    const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const slash = path === '' || path.startsWith('/') ? '' : '/';
    return `http-get ${scheme.toLowerCase()}://${at}${slash}${escapedPath(path)} ${attributes}`;
  }
  if (tcpSocket !== undefined)
    return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${attributes}`;
  if (grpc !== undefined) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''} ${attributes}`;
  return `unknown ${attributes}`;
}

/** What Go's net/url escapes in a path: "?" and "#" among others. */
function escapedPath(path: string): string {
  return [...path]
    .map((char) => (/[\w$&+,/:;=@.~!*'()-]/.test(char) ? char : encodeURIComponent(char)))
    .join('');
}

function environmentFromLines(w: DescribeWriter, { envFrom = [] }: Container): void {
  if (envFrom.length === 0) return;
  w.line(2, 'Environment Variables from:');
  for (const { configMapRef, secretRef, prefix = '' } of envFrom) {
    const from =
      configMapRef === undefined ? (secretRef === undefined ? '' : 'Secret') : 'ConfigMap';
    const of = configMapRef ?? secretRef;
    const what = prefix === '' ? from : `${from} with prefix '${prefix}'`;
    w.line(3, of?.name ?? '', what, `Optional: ${of?.optional ?? false}`);
  }
}

function environmentLines(w: DescribeWriter, container: Container, pod: Pod | undefined): void {
  const list = container.env ?? [];
  if (list.length === 0) w.line(2, 'Environment:', '<none>');
  else w.line(2, 'Environment:');
  for (const variable of list) {
    if (variable.valueFrom === undefined) {
      (variable.value ?? '').split('\n').forEach((line, i) => {
        w.line(3, i === 0 ? `${variable.name}:` : '', line);
      });
    } else variableFrom(w, variable, container, pod);
  }
}

function variableFrom(
  w: DescribeWriter,
  { name, valueFrom }: EnvVar,
  container: Container,
  pod: Pod | undefined,
): void {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (fieldRef !== undefined) {
    const value = pod === undefined ? '' : fieldText(pod, fieldRef.fieldPath);
    w.line(3, `${name}:`, `${value} (${fieldRef.apiVersion ?? ''}:${fieldRef.fieldPath})`);
  } else if (resourceFieldRef !== undefined) {
    const { resource } = resourceFieldRef;
    const value = resourceText(resourceFieldRef, container);
    const whole = value === '0' && ['limits.cpu', 'limits.memory'].includes(resource);
    w.line(3, `${name}:`, `${whole ? 'node allocatable' : value} (${resource})`);
  } else if (secretKeyRef !== undefined) {
    const text = `<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name ?? ''}'>`;
    w.line(3, `${name}:`, text, `Optional: ${secretKeyRef.optional ?? false}`);
  } else if (configMapKeyRef !== undefined) {
    const map = configMapKeyRef.name ?? '';
    const text = `<set to the key '${configMapKeyRef.key}' of config map '${map}'>`;
    w.line(3, `${name}:`, text, `Optional: ${configMapKeyRef.optional ?? false}`);
  }
}

/** Name and namespace alone: kubectl's scheme converts no other field label of Pods. */
function fieldText({ metadata }: Pod, path: string): string {
  if (path === 'metadata.name') return metadata.name;
  return path === 'metadata.namespace' ? (metadata.namespace ?? '') : '';
}

/** Rounded up to the divisor; empty for what kubectl does not know. */
function resourceText({ resource, divisor }: ResourceFieldSelector, container: Container): string {
  const match = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/.exec(resource);
  if (match === null) return '';
  const amount = container.resources?.[match[1] as 'limits' | 'requests']?.[match[2] ?? ''];
  const unit = divisor === undefined || divisor === '0' ? '1' : divisor;
  return String(Math.ceil(numberOf(amount) / numberOf(unit)));
}

/** A quantity as a number of its unit. */
export function numberOf(quantity: string | undefined): number {
  const parsed = parseQuantity(quantity ?? '0');
  return parsed === undefined ? 0 : Number(parsed.value) * 10 ** parsed.scale;
}

/** The canonical text of a sum; the format is that of the first that is not zero. */
export function sumQuantities(list: readonly string[]): string {
  const parsed = list.map((text) => parseQuantity(text)).filter((one) => one !== undefined);
  const first = parsed.find(({ value }) => value !== 0n);
  if (first === undefined) return '0';
  const scale = Math.min(...parsed.map((one) => one.scale), 0);
  const value = parsed.reduce((sum, one) => sum + one.value * 10n ** BigInt(one.scale - scale), 0n);
  return formatQuantity({ ...first, value, scale, cached: false });
}

function mountLines(w: DescribeWriter, container: Container): void {
  const mounts = sortedBy(container.volumeMounts ?? [], (mount) => mount.mountPath);
  if (mounts.length === 0) w.line(2, 'Mounts:', '<none>');
  else w.line(2, 'Mounts:');
  for (const { mountPath, name, readOnly, subPath = '' } of mounts) {
    const path = subPath === '' ? '' : `,path=${JSON.stringify(subPath)}`;
    w.line(3, `${mountPath} from ${name} (${readOnly === true ? 'ro' : 'rw'}${path})`);
  }
  const devices = sortedBy(container.volumeDevices ?? [], (device) => device.devicePath);
  if (devices.length === 0) return;
  // Upstream reuses the text of the line above.
  if (mounts.length === 0) w.line(2, 'Devices:', '<none>');
  else w.line(2, 'Devices:');
  for (const { devicePath, name } of devices) w.line(3, `${devicePath} from ${name}`);
}
