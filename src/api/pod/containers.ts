// Checks of containers (A11): what all have in common, then what ordinary, init and sidecar containers have of their own.
// Models validateContainers, validateInitContainers and validateContainerCommon of pkg/apis/core/validation. Not checked:
// security contexts, devices, resize policies, restart rules.
import type { Cause } from '../error.ts';
import {
  duplicate,
  forbiddenField,
  invalids,
  oneOf,
  required,
  unsupported,
} from '../field/errors.ts';
import { dns1123Label, portName, portNumber } from '../field/names.ts';
import { protocols } from '../service/ports.ts';
import type { Container, ContainerPort, PodSpec } from '../types.ts';
import { isUnset } from '../values.ts';
import { envCauses, envFromCauses } from './environment.ts';
import { allProbesCauses, lifecycleCauses, notForInit, type PodContext } from './probes.ts';
import { resourceCauses } from './resources.ts';
import { mountCauses } from './volumes.ts';

const pullPolicies: readonly string[] = ['Always', 'IfNotPresent', 'Never'];
const messagePolicies: readonly string[] = ['File', 'FallbackToLogsOnError'];
const restartPolicies: readonly string[] = ['Always', 'Never', 'OnFailure'];
/** Since then every container may have a restart policy of its own (gate ContainerRestartRules); the version before
 * knows the field and drops it, the ones before refuse it. */
const OWN_RESTART_SINCE = 35;

function portCauses(ports: readonly ContainerPort[], at: string): Cause[] {
  const seen = new Set<string>();
  return ports.flatMap((port, j) => {
    const field = `${at}[${j}]`;
    const causes: Cause[] = [];
    const { name, containerPort, hostPort } = port;
    if (!isUnset(name)) {
      causes.push(...invalids(`${field}.name`, name, portName(name)));
      if (causes.length === 0 && seen.has(name)) causes.push(duplicate(`${field}.name`, name));
      if (causes.length === 0) seen.add(name);
    }
    if (isUnset(containerPort)) causes.push(required(`${field}.containerPort`));
    else
      causes.push(...invalids(`${field}.containerPort`, containerPort, portNumber(containerPort)));
    if (!isUnset(hostPort)) {
      causes.push(...invalids(`${field}.hostPort`, hostPort, portNumber(hostPort)));
    }
    return [...causes, ...oneOf(`${field}.protocol`, port.protocol, protocols)];
  });
}

/** validateContainerCommon. */
function commonCauses(
  container: Container,
  volumes: ReadonlySet<string>,
  at: string,
  { minor }: PodContext,
): Cause[] {
  const { name, image, resources = {} } = container;
  return [
    ...(isUnset(name)
      ? [required(`${at}.name`)]
      : invalids(`${at}.name`, name, dns1123Label(name))),
    ...(isUnset(image) ? [required(`${at}.image`)] : []),
    ...oneOf(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, messagePolicies),
    ...portCauses(container.ports ?? [], `${at}.ports`),
    ...envCauses(container.env ?? [], `${at}.env`, minor),
    ...envFromCauses(container.envFrom ?? [], `${at}.envFrom`, minor),
    ...mountCauses(container.volumeMounts ?? [], volumes, `${at}.volumeMounts`),
    ...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, pullPolicies),
    ...resourceCauses(resources, `${at}.resources`),
  ];
}

/** Each port as "TCP/hostIP/8080". */
function hostPortConflicts(containers: readonly Container[], field: string): Cause[] {
  const seen = new Set<string>();
  return containers.flatMap(({ ports = [] }, i) =>
    ports.flatMap(({ protocol, hostIP = '', hostPort }, j) => {
      if (isUnset(hostPort)) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (seen.has(key)) return [duplicate(`${field}[${i}].ports[${j}].hostPort`, key)];
      seen.add(key);
      return [];
    }),
  );
}

function restartCauses({ restartPolicy }: Container, at: string, minor: number): Cause[] {
  if (restartPolicy === undefined) return [];
  const field = `${at}.restartPolicy`;
  if (minor === OWN_RESTART_SINCE - 1) return [];
  if (minor < OWN_RESTART_SINCE) {
    return [forbiddenField(field, 'may not be set for non-init containers')];
  }
  const known = restartPolicies.includes(restartPolicy);
  return known ? [] : [unsupported(field, restartPolicy, restartPolicies)];
}

function initRestartCauses({ restartPolicy }: Container, at: string, minor: number): Cause[] {
  if (restartPolicy === undefined || minor === OWN_RESTART_SINCE - 1) return [];
  const valid = minor < OWN_RESTART_SINCE ? ['Always'] : restartPolicies;
  const field = `${at}.restartPolicy`;
  return valid.includes(restartPolicy) ? [] : [unsupported(field, restartPolicy, valid)];
}

/** Lists in which nothing was wrong, and what else was looked at: Pods of one template share their list. */
const sound = new WeakMap<
  readonly Container[],
  {
    readonly volumes: PodSpec['volumes'];
    readonly grace: number | undefined;
    readonly minor: number;
  }
>();

/** spec.containers at `field`. */
export function containersCauses(
  spec: PodSpec,
  volumes: ReadonlySet<string>,
  field: string,
  context: PodContext,
): Cause[] {
  const { containers, terminationGracePeriodSeconds: grace } = spec;
  const { minor } = context;
  const before = sound.get(containers);
  if (before?.minor === minor && before.grace === grace && before.volumes === spec.volumes) {
    return [];
  }
  const causes = eachCauses(spec, volumes, field, context);
  if (causes.length === 0) sound.set(containers, { volumes: spec.volumes, grace, minor });
  return causes;
}

function eachCauses(
  { containers, terminationGracePeriodSeconds: grace }: PodSpec,
  volumes: ReadonlySet<string>,
  field: string,
  context: PodContext,
): Cause[] {
  if (containers.length === 0) return [required(field)];
  const { minor } = context;
  const names = new Set<string>();
  const causes = containers.flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const own = commonCauses(container, volumes, at, context);
    if (names.has(container.name)) own.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    own.push(...lifecycleCauses(container.lifecycle, `${at}.lifecycle`, grace, minor));
    own.push(...allProbesCauses(container, at, minor));
    own.push(...restartCauses(container, at, minor));
    return own;
  });
  return [...causes, ...hostPortConflicts(containers, field)];
}

const NOT_INIT = 'may not be set for init containers without restartPolicy=Always';

/** spec.initContainers at `field`: sidecars are those that restart always. */
export function initContainersCauses(
  { containers, initContainers = [], terminationGracePeriodSeconds: grace }: PodSpec,
  volumes: ReadonlySet<string>,
  field: string,
  context: PodContext,
): Cause[] {
  const { minor } = context;
  const names = new Set(containers.map(({ name }) => name));
  return initContainers.flatMap((container, i) => {
    const at = `${field}[${i}]`;
    const own = commonCauses(container, volumes, at, context);
    own.push(...initRestartCauses(container, at, minor));
    if (names.has(container.name)) own.push(duplicate(`${at}.name`, container.name));
    else if (!isUnset(container.name)) names.add(container.name);
    own.push(...hostPortConflicts([container], field));
    if (container.restartPolicy === 'Always') {
      own.push(...lifecycleCauses(container.lifecycle, `${at}.lifecycle`, grace, minor));
      own.push(...allProbesCauses(container, at, minor));
      return own;
    }
    for (const name of notForInit) {
      if (container[name] !== undefined) own.push(forbiddenField(`${at}.${name}`, NOT_INIT));
    }
    return own;
  });
}
