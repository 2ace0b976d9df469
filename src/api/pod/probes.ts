// Checks of probes and of the handlers that probes and lifecycle hooks share (A11). Models validateProbe,
// validateHandler and validateLifecycle of pkg/apis/core/validation/validation.go.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalids, required, unsupported } from '../field/errors.ts';
import { portNumber } from '../field/names.ts';
import { portNumberOrName } from '../service/ports.ts';
import type { Lifecycle, LifecycleHandler, Probe } from '../types.ts';
import { isUnset } from '../values.ts';

const schemes: readonly string[] = ['HTTP', 'HTTPS'];
const NOT_NEGATIVE = 'must be greater than or equal to 0';
const HEADER =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
/** Since then a hook may sleep for 0 seconds (gate PodLifecycleSleepActionAllowZero). */
const ZERO_SLEEP_SINCE = 33;

/** What the checks of a PodSpec need to know beside it. */
export interface PodContext {
  readonly minor: number;
  /** A Pod, not a template of one. */
  readonly isPod: boolean;
}

type Handler = Probe & LifecycleHandler;
type HandlerCheck = (
  handler: Handler,
  at: string,
  grace: number | undefined,
  minor: number,
) => Cause[];

const httpGetCauses: HandlerCheck = ({ httpGet }, at) => {
  const causes: Cause[] = [];
  if (isUnset(httpGet?.path)) causes.push(required(`${at}.path`));
  causes.push(...portNumberOrName(`${at}.port`, httpGet?.port ?? 0));
  const scheme = httpGet?.scheme ?? '';
  if (!schemes.includes(scheme)) causes.push(unsupported(`${at}.scheme`, scheme, schemes));
  for (const { name } of httpGet?.httpHeaders ?? []) {
    if (!/^[-A-Za-z0-9]+$/.test(name)) causes.push(invalid(`${at}.httpHeaders`, name, HEADER));
  }
  return causes;
};

const sleepCauses: HandlerCheck = ({ sleep }, at, grace, minor) => {
  const seconds = sleep?.seconds ?? 0;
  const zero = minor >= ZERO_SLEEP_SINCE;
  if (grace === undefined || (seconds <= grace && seconds >= (zero ? 0 : 1))) return [];
  const detail = zero
    ? `must be non-negative and less than terminationGracePeriodSeconds (${grace})`
    : `must be greater than 0 and less than terminationGracePeriodSeconds (${grace}). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.`;
  return [invalid(at, seconds, detail)];
};

/** In the order in which upstream looks for them; only the first one is looked into. */
const handlers: readonly (readonly [keyof Handler, HandlerCheck])[] = [
  ['exec', ({ exec }, at) => (exec?.command?.length ? [] : [required(`${at}.command`)])],
  ['httpGet', httpGetCauses],
  ['tcpSocket', ({ tcpSocket }, at) => portNumberOrName(`${at}.port`, tcpSocket?.port ?? 0)],
  ['grpc', ({ grpc }, at) => invalids(`${at}.port`, grpc?.port ?? 0, portNumber(grpc?.port ?? 0))],
  ['sleep', sleepCauses],
];

function handlerCauses(
  handler: Handler,
  at: string,
  grace: number | undefined,
  minor: number,
): Cause[] {
  const given = handlers.filter(([name]) => handler[name] !== undefined);
  if (given.length === 0) return [required(at, 'must specify a handler type')];
  return given.flatMap(([name, check], i) =>
    i === 0
      ? check(handler, `${at}.${name}`, grace, minor)
      : [forbiddenField(`${at}.${name}`, 'may not specify more than 1 handler type')],
  );
}

const numbers = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

function probeCauses(probe: Probe, at: string, minor: number): Cause[] {
  const causes = handlerCauses(probe, at, undefined, minor);
  for (const field of numbers) {
    const value = probe[field] ?? 0;
    if (value < 0) causes.push(invalid(`${at}.${field}`, value, NOT_NEGATIVE));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    causes.push(invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
  return causes;
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
type Probed = { readonly [K in (typeof probes)[number]]?: Probe };

/** The three probes of a container. */
export function allProbesCauses(container: Probed, at: string, minor: number): Cause[] {
  return probes.flatMap((name) => {
    const probe = container[name];
    if (probe === undefined) return [];
    const field = `${at}.${name}`;
    const causes = probeCauses(probe, field, minor);
    const { successThreshold = 0, terminationGracePeriodSeconds: grace } = probe;
    if (name === 'readinessProbe') {
      if (grace !== undefined) {
        const detail = 'must not be set for readinessProbes';
        causes.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, detail));
      }
    } else if (successThreshold !== 1) {
      causes.push(invalid(`${field}.successThreshold`, successThreshold, 'must be 1'));
    }
    return causes;
  });
}

/** Names of the fields that an ordinary init container may not have. */
export const notForInit = ['lifecycle', ...probes] as const;

export function lifecycleCauses(
  lifecycle: Lifecycle | undefined,
  at: string,
  grace: number | undefined,
  minor: number,
): Cause[] {
  const { postStart, preStop } = lifecycle ?? {};
  return [
    ...(postStart === undefined ? [] : handlerCauses(postStart, `${at}.postStart`, grace, minor)),
    ...(preStop === undefined ? [] : handlerCauses(preStop, `${at}.preStop`, grace, minor)),
  ];
}
