// Checks of containers: names, images, ports, environment, probes (A11). Models validateContainers,
// validateContainerPorts and validateProbe of pkg/apis/core/validation/validation.go.
import type { Cause } from '../error.ts';
import {
  duplicate,
  forbiddenField,
  invalid,
  invalids,
  oneOf,
  required,
  unsupported,
} from '../field/errors.ts';
import { dns1123Label, portName, portNumber } from '../field/names.ts';
import { portNumberOrName, protocols } from '../service/ports.ts';
import type { Container, ContainerPort, PodSpec, Probe } from '../types.ts';
import { isUnset } from '../values.ts';

const pullPolicies: readonly string[] = ['Always', 'IfNotPresent', 'Never'];
const messagePolicies: readonly string[] = ['FallbackToLogsOnError', 'File'];
const schemes: readonly string[] = ['HTTP', 'HTTPS'];
const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
const NOT_NEGATIVE = 'must be greater than or equal to 0';

function onePort(port: ContainerPort, at: string, seen: Set<string>): Cause[] {
  const causes: Cause[] = [];
  if (!isUnset(port.name)) {
    const messages = portName(port.name);
    causes.push(...invalids(`${at}.name`, port.name, messages));
    if (messages.length === 0 && seen.has(port.name)) {
      causes.push(duplicate(`${at}.name`, port.name));
    }
    seen.add(port.name);
  }
  if (isUnset(port.containerPort)) causes.push(required(`${at}.containerPort`));
  else {
    const { containerPort } = port;
    causes.push(...invalids(`${at}.containerPort`, containerPort, portNumber(containerPort)));
  }
  if (!isUnset(port.hostPort)) {
    causes.push(...invalids(`${at}.hostPort`, port.hostPort, portNumber(port.hostPort)));
  }
  causes.push(...oneOf(`${at}.protocol`, port.protocol, protocols));
  return causes;
}

/** A probe's handler and numbers. */
export function probeCauses(probe: Probe | undefined, at: string): Cause[] {
  if (probe === undefined) return [];
  const causes: Cause[] = [];
  const given = handlers.filter((handler) => probe[handler] !== undefined);
  for (const handler of given.slice(1)) {
    causes.push(forbiddenField(`${at}.${handler}`, 'may not specify more than 1 handler type'));
  }
  if (given.length === 0) causes.push(required(at, 'must specify a handler type'));
  const { httpGet, tcpSocket, grpc, exec } = probe;
  if (exec !== undefined && (exec.command ?? []).length === 0) {
    causes.push(required(`${at}.exec.command`));
  }
  if (httpGet !== undefined) {
    if (isUnset(httpGet.path)) causes.push(required(`${at}.httpGet.path`));
    causes.push(...portNumberOrName(`${at}.httpGet.port`, httpGet.port ?? 0));
    if (!schemes.includes(httpGet.scheme ?? '')) {
      causes.push(unsupported(`${at}.httpGet.scheme`, httpGet.scheme ?? '', schemes));
    }
  }
  if (tcpSocket !== undefined) {
    causes.push(...portNumberOrName(`${at}.tcpSocket.port`, tcpSocket.port ?? 0));
  }
  if (grpc !== undefined) {
    causes.push(...invalids(`${at}.grpc.port`, grpc.port ?? 0, portNumber(grpc.port ?? 0)));
  }
  causes.push(...probeNumbers(probe, at));
  return causes;
}

const numbers = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

function probeNumbers(probe: Probe, at: string): Cause[] {
  return numbers.flatMap((field) => {
    const value = probe[field] ?? 0;
    return value < 0 ? [invalid(`${at}.${field}`, value, NOT_NEGATIVE)] : [];
  });
}

function successOnce(probe: Probe | undefined, at: string): Cause[] {
  if (probe?.successThreshold === undefined || probe.successThreshold === 1) return [];
  return [invalid(`${at}.successThreshold`, probe.successThreshold, 'must be 1')];
}

function oneContainer(container: Container, at: string): Cause[] {
  const causes: Cause[] = [];
  const { name, image } = container;
  if (isUnset(name)) causes.push(required(`${at}.name`));
  else causes.push(...invalids(`${at}.name`, name, dns1123Label(name)));
  if (isUnset(image)) causes.push(required(`${at}.image`));
  else if (image.trim() !== image) {
    causes.push(invalid(`${at}.image`, image, 'must not have leading or trailing whitespace'));
  }
  causes.push(
    ...oneOf(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, messagePolicies),
  );
  const seen = new Set<string>();
  for (const [j, port] of (container.ports ?? []).entries()) {
    causes.push(...onePort(port, `${at}.ports[${j}]`, seen));
  }
  for (const [j, { name: variable }] of (container.env ?? []).entries()) {
    if (isUnset(variable)) causes.push(required(`${at}.env[${j}].name`));
  }
  causes.push(...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, pullPolicies));
  return causes;
}

function containerProbes(container: Container, at: string): Cause[] {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  return [
    ...probeCauses(livenessProbe, `${at}.livenessProbe`),
    ...successOnce(livenessProbe, `${at}.livenessProbe`),
    ...probeCauses(readinessProbe, `${at}.readinessProbe`),
    ...probeCauses(startupProbe, `${at}.startupProbe`),
    ...successOnce(startupProbe, `${at}.startupProbe`),
  ];
}

function hostPortConflicts(containers: readonly Container[], field: string): Cause[] {
  const seen = new Set<string>();
  const causes: Cause[] = [];
  for (const [i, container] of containers.entries()) {
    for (const [j, port] of (container.ports ?? []).entries()) {
      if (isUnset(port.hostPort)) continue;
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (seen.has(key)) causes.push(duplicate(`${field}[${i}].ports[${j}].hostPort`, key));
      seen.add(key);
    }
  }
  return causes;
}

/** All containers of a PodSpec at `field` ("spec", "spec.template.spec"). */
export function containersCauses(spec: PodSpec, field: string): Cause[] {
  const at = `${field}.containers`;
  if (spec.containers.length === 0) return [required(at)];
  const causes: Cause[] = [];
  const names = new Set<string>();
  const lists = [
    [spec.containers, at],
    [spec.initContainers ?? [], `${field}.initContainers`],
  ] as const;
  for (const [list, path] of lists) {
    for (const [i, container] of list.entries()) {
      causes.push(...oneContainer(container, `${path}[${i}]`));
      if (names.has(container.name)) {
        causes.push(duplicate(`${path}[${i}].name`, container.name));
      }
      names.add(container.name);
      causes.push(...containerProbes(container, `${path}[${i}]`));
    }
    causes.push(...hostPortConflicts(list, path));
  }
  return causes;
}
