// The environment of a container as the kubelet builds it at every start: Service variables first, then envFrom and
// env with $(VAR) expansion, which win. pkg/kubelet/envvars, kubelet_pods.go makeEnvironmentVariables and
// third_party/forked/golang/expansion. fileKeyRef (alpha) is refused with a clear message.
import type { Container, EnvVarSource, Lister, Pod, Service } from '../api/types.ts';
import { resourceValue } from './resource-field.ts';
import type { Environment } from './runtime.ts';

type Variables = Readonly<Record<string, string>>;

/** The container cannot start: the reason and message of its waiting state. */
export interface EnvironmentError {
  readonly kind: 'error';
  readonly reason: string;
  readonly message: string;
}

/** Both parts as one, the container's own variables winning. */
export function merged(environment: Environment): Variables {
  return { ...environment.services, ...environment.own };
}

const memo = new WeakMap<
  readonly Service[],
  { kubernetes: Service | undefined; vars: Variables }[]
>();

/** Variables of the Services a pod of the namespace sees: all of it when links are on, and default/kubernetes.
 * `services` is the namespace's list; the answer is shared between callers with the same list. */
export function serviceEnvironment(
  services: readonly Service[],
  kubernetes: Service | undefined,
  links: boolean,
): Variables {
  const list = links ? services : none;
  const known = memo.get(list) ?? [];
  memo.set(list, known);
  const found = known.find((one) => one.kubernetes === kubernetes);
  if (found !== undefined) return found.vars;
  const visible = new Map<string, Service>();
  if (kubernetes !== undefined) visible.set('kubernetes', kubernetes);
  // A headless Service called kubernetes does not hide the one of default.
  for (const service of list) if (hasIP(service)) visible.set(service.metadata.name, service);
  const vars: Record<string, string> = {};
  for (const service of visible.values()) Object.assign(vars, variablesOf(service));
  known.push({ kubernetes, vars });
  return vars;
}

const none: readonly Service[] = [];

function hasIP({ spec: { clusterIP = '' } }: Service): boolean {
  return clusterIP !== '' && clusterIP !== 'None';
}

/** The Docker-link set of one Service; none for headless and ExternalName ones. */
export function variablesOf(service: Service): Variables {
  const { clusterIP = '', ports = [] } = service.spec;
  const first = ports[0];
  if (!hasIP(service) || first === undefined) return {};
  const prefix = upper(service.metadata.name);
  const vars: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: clusterIP,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
  };
  for (const port of ports) {
    if ((port.name ?? '') !== '') {
      vars[`${prefix}_SERVICE_PORT_${upper(port.name ?? '')}`] = String(port.port);
    }
  }
  for (const [i, port] of ports.entries()) {
    const proto = port.protocol ?? 'TCP';
    const host = clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP;
    const url = `${proto.toLowerCase()}://${host}:${port.port}`;
    const link = `${prefix}_PORT_${port.port}_${proto.toUpperCase()}`;
    if (i === 0) vars[`${prefix}_PORT`] = url;
    vars[link] = url;
    vars[`${link}_PROTO`] = proto.toLowerCase();
    vars[`${link}_PORT`] = String(port.port);
    vars[`${link}_ADDR`] = clusterIP;
  }
  return vars;
}

function upper(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

export interface Facts {
  readonly lister: Lister;
  readonly pod: Pod;
  readonly hostname: string;
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
  readonly minor: number;
}

export interface MadeEnvironment {
  readonly kind: 'environment';
  readonly environment: Environment;
  /** Messages of InvalidEnvironmentVariableNames events. */
  readonly skipped: readonly string[];
}

/** The whole environment of a container that starts now. */
export function containerEnvironment(
  container: Container,
  facts: Facts,
): MadeEnvironment | EnvironmentError {
  const { pod, lister } = facts;
  const namespace = pod.metadata.namespace ?? 'default';
  const services = serviceEnvironment(
    lister.list('Service', namespace),
    lister.get('Service', 'default/kubernetes'),
    pod.spec.enableServiceLinks !== false,
  );
  const own: Record<string, string> = {};
  const skipped: string[] = [];
  const wrong =
    fromSources(container, facts, own, skipped) ?? fromEntries(container, facts, services, own);
  if (wrong !== undefined) return wrong;
  // The runtime adds the host name: no $(HOSTNAME) sees it.
  const environment = { services, own: { HOSTNAME: facts.hostname, ...own } };
  return { kind: 'environment', environment, skipped };
}

/** IsEnvVarName; from 1.32 on every key of a ConfigMap or Secret is a name (RelaxedEnvironmentVariableValidation). */
const strictName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const relaxedSince = 32;

function fromSources(
  container: Container,
  { lister, pod, minor }: Facts,
  own: Record<string, string>,
  skipped: string[],
): EnvironmentError | undefined {
  for (const source of container.envFrom ?? []) {
    const ref = source.configMapRef ?? source.secretRef;
    if (ref === undefined) continue;
    const key = `${pod.metadata.namespace}/${ref.name}`;
    const kind = source.configMapRef === undefined ? 'secret' : 'configmap';
    const values = kind === 'configmap' ? lister.get('ConfigMap', key)?.data : secret(lister, key);
    if (values === undefined && !exists(lister, kind, key)) {
      if (ref.optional === true) continue;
      return configError(`${kind} "${ref.name}" not found`);
    }
    const invalid: string[] = [];
    for (const [name, value] of Object.entries(values ?? {})) {
      const variable = `${source.prefix ?? ''}${name}`;
      if (minor < relaxedSince && !strictName.test(variable)) invalid.push(variable);
      else own[variable] = value;
    }
    if (invalid.length > 0) skipped.push(skippedText(invalid.sort(), kind, key));
  }
  return undefined;
}

function skippedText(keys: readonly string[], kind: 'configmap' | 'secret', key: string): string {
  const what = kind === 'configmap' ? 'configMap' : 'secret';
  return `Keys [${keys.join(', ')}] from the EnvFrom ${what} ${key} were skipped since they are considered invalid environment variable names.`;
}

function exists(lister: Lister, kind: 'configmap' | 'secret', key: string): boolean {
  const found = kind === 'configmap' ? lister.get('ConfigMap', key) : lister.get('Secret', key);
  return found !== undefined;
}

function secret(lister: Lister, key: string): Variables | undefined {
  const found = lister.get('Secret', key);
  if (found === undefined) return undefined;
  const decoded = Object.entries(found.data ?? {}).map(([k, v]) => [k, base64(v)] as const);
  return { ...Object.fromEntries(decoded), ...found.stringData };
}

function fromEntries(
  container: Container,
  facts: Facts,
  services: Variables,
  own: Record<string, string>,
): EnvironmentError | undefined {
  const lookup = (name: string) => own[name] ?? services[name];
  for (const entry of container.env ?? []) {
    if (entry.valueFrom === undefined || (entry.value ?? '') !== '') {
      own[entry.name] = expand(entry.value ?? '', lookup);
      continue;
    }
    const value = resolve(entry.valueFrom, container, facts);
    if (typeof value === 'object') return value;
    if (value !== undefined) own[entry.name] = value;
  }
  return undefined;
}

/** The referenced value; undefined: an optional key that is not there. */
function resolve(
  source: EnvVarSource,
  container: Container,
  facts: Facts,
): string | undefined | EnvironmentError {
  const { lister, pod } = facts;
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  if (fieldRef !== undefined) return field(fieldRef.fieldPath, facts);
  if (resourceFieldRef !== undefined) {
    const node = lister.get('Node', pod.spec.nodeName ?? '');
    const found = resourceValue(resourceFieldRef, pod, container, node);
    return 'value' in found ? found.value : configError(found.error);
  }
  const ref = configMapKeyRef ?? secretKeyRef;
  if (ref === undefined) return configError('env valueFrom fileKeyRef is not modelled');
  const key = `${pod.metadata.namespace}/${ref.name}`;
  const kind = configMapKeyRef === undefined ? 'secret' : 'configmap';
  const values = kind === 'configmap' ? lister.get('ConfigMap', key)?.data : secret(lister, key);
  const value = values?.[ref.key];
  if (value !== undefined || ref.optional === true) return value;
  if (!exists(lister, kind, key)) return configError(`${kind} "${ref.name}" not found`);
  const shown = kind === 'configmap' ? 'ConfigMap' : 'Secret';
  return configError(`couldn't find key ${ref.key} in ${shown} ${key}`);
}

function configError(message: string): EnvironmentError {
  return { kind: 'error', reason: 'CreateContainerConfigError', message };
}

function field(path: string, facts: Facts): string | EnvironmentError {
  const { pod, podIPs, hostIPs } = facts;
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (subscript !== null) {
    const map = subscript[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations;
    return map?.[subscript[2] ?? ''] ?? '';
  }
  const values: Readonly<Record<string, string>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace ?? 'default',
    'metadata.uid': pod.metadata.uid ?? '',
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? 'default',
    'status.hostIP': hostIPs[0] ?? '',
    'status.hostIPs': hostIPs.join(','),
    'status.podIP': podIPs[0] ?? '',
    'status.podIPs': podIPs.join(','),
  };
  return values[path] ?? configError(`field label not supported: ${path}`);
}

/** $(NAME) becomes the value, $$ a dollar sign; an unknown $(NAME) stays as written. */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, after: string, name: string | undefined) =>
    after === '$' ? '$' : (lookup(name ?? '') ?? whole),
  );
}

/** command + args with $(VAR) replaced. */
export function argvOf(container: Container, environment: Environment): readonly string[] {
  const { HOSTNAME: _host, ...own } = environment.own;
  const lookup = (name: string) => own[name] ?? environment.services[name];
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  return words.map((word) => expand(word, lookup));
}

/** A quarter of the default 8 MiB stack, what execve(2) allows for argv and envp together. */
const argMaxBytes = 2 * 1024 * 1024;
/** MAX_ARG_STRLEN: one string with its end. */
const stringMaxBytes = 128 * 1024;

const sizes = new WeakMap<Variables, { readonly total: number; readonly longest: number }>();

/** Whether execve(2) would answer E2BIG. */
export function isTooLong(argv: readonly string[], environment: Environment): boolean {
  const services = sizes.get(environment.services) ?? measure(environment.services);
  sizes.set(environment.services, services);
  const own = measure({ ...environment.own, ...Object.fromEntries(argv.entries()) });
  return (
    services.total + own.total > argMaxBytes ||
    Math.max(services.longest, own.longest) > stringMaxBytes
  );
}

function measure(vars: Variables): { readonly total: number; readonly longest: number } {
  let total = 0;
  let longest = 0;
  for (const name of Object.keys(vars)) {
    const bytes = name.length + (vars[name]?.length ?? 0) + 2;
    total += bytes + 8;
    longest = Math.max(longest, bytes);
  }
  return { total, longest };
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 to text (UTF-8); Secrets hold nothing else here. */
function base64(text: string): string {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const char of text) {
    const value = digits.indexOf(char);
    if (value < 0) continue;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  const hex = bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  try {
    return decodeURIComponent(hex);
  } catch {
    return String.fromCharCode(...bytes);
  }
}
