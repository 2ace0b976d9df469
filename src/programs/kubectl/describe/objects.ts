// `kubectl describe` of what holds data and limits: Namespace, ConfigMap, Secret, ServiceAccount, ResourceQuota,
// LimitRange, PriorityClass, ServiceCIDR, IPAddress. Models the describers of kubectl/pkg/describe/describe.go.
import { canonicalQuantity } from '../../../api/field/quantity.ts';
import type {
  AnyObject,
  ConfigMap,
  Namespace,
  Secret,
  ServiceAccount,
} from '../../../api/types.ts';
import { labelsText } from '../cells.ts';
import { ownEvents } from './events.ts';
import {
  as,
  type DescribeContext,
  keysOf,
  labelAndAnnotationLines,
  metaLines,
  stamp,
} from './fields.ts';
import type { DescribeWriter } from './writer.ts';

type Amounts = Readonly<Record<string, string>>;

interface Quota {
  readonly spec?: { readonly hard?: Amounts; readonly scopes?: readonly string[] };
  readonly status?: { readonly hard?: Amounts; readonly used?: Amounts };
}

interface Limits {
  readonly spec?: {
    readonly limits?: readonly {
      readonly type: string;
      readonly max?: Amounts;
      readonly min?: Amounts;
      readonly default?: Amounts;
      readonly defaultRequest?: Amounts;
      readonly maxLimitRequestRatio?: Amounts;
    }[];
  };
}

interface Conditioned {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

function conditionLines(w: DescribeWriter, conditions: readonly Conditioned[]): void {
  w.line(0, 'Conditions:');
  w.line(1, 'Type', 'Status', 'LastTransitionTime', 'Reason', 'Message');
  w.line(1, '----', '------', '------------------', '------', '-------');
  for (const { type, status, lastTransitionTime, reason = '', message = '' } of conditions) {
    w.line(1, type, status, stamp(lastTransitionTime), reason, message);
  }
}

export function describeNamespace(
  object: AnyObject,
  w: DescribeWriter,
  { lookup }: DescribeContext,
): void {
  const { metadata, status } = as<Namespace>(object);
  w.line(0, 'Name:', metadata.name);
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'Status:', status?.phase ?? '');
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) conditionLines(w, conditions);
  w.line(0, '');
  const quotas = lookup.list('ResourceQuota', metadata.name);
  w.line(0, quotas.length === 0 ? 'No resource quota.' : 'Resource Quotas');
  for (const quota of quotas) {
    w.line(1, 'Name:', quota.metadata.name);
    quotaLines(w, as<Quota>(quota), 1);
  }
  w.line(0, '');
  const limits = lookup.list('LimitRange', metadata.name);
  if (limits.length === 0) {
    w.line(0, 'No LimitRange resource.');
    return;
  }
  w.line(0, 'Resource Limits');
  limitHeader(w, ' ');
  for (const range of limits) limitLines(w, as<Limits>(range), ' ');
}

const scopeHelp: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

function quotaLines(w: DescribeWriter, { spec, status }: Quota, level: number): void {
  const scopes = [...(spec?.scopes ?? [])].sort();
  if (scopes.length > 0) w.line(level, 'Scopes:', scopes.join(', '));
  for (const scope of scopes) {
    const help = scopeHelp[scope];
    if (help !== undefined) w.line(level, `${level === 0 ? ' ' : ''}* ${help}`);
  }
  w.line(level, 'Resource', 'Used', 'Hard');
  w.line(level, '--------', level === 0 ? '----' : '---', level === 0 ? '----' : '---');
  for (const name of keysOf(status?.hard)) {
    const amount = (of: Amounts | undefined): string =>
      String(canonicalQuantity(of?.[name] ?? '0'));
    w.line(level, name, amount(status?.used), amount(status?.hard));
  }
}

function limitHeader(w: DescribeWriter, prefix: string): void {
  const titles = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit'];
  const all = [...titles, 'Max Limit/Request Ratio'];
  w.write(`${prefix}${all.join('\t')}\n`);
  w.write(`${prefix}${all.map((title) => '-'.repeat(title.length)).join('\t')}\n`);
}

function limitLines(w: DescribeWriter, { spec }: Limits, prefix: string): void {
  for (const item of spec?.limits ?? []) {
    const { min, max, defaultRequest, maxLimitRequestRatio } = item;
    const columns = [min, max, defaultRequest, item.default, maxLimitRequestRatio];
    const names = [...new Set(columns.flatMap((column) => Object.keys(column ?? {})))].sort();
    for (const name of names) {
      const cells = columns.map((column) => String(canonicalQuantity(column?.[name] ?? '-')));
      w.write(`${prefix}${[item.type, name, ...cells].join('\t')}\n`);
    }
  }
}

export function describeQuota(object: AnyObject, w: DescribeWriter): void {
  metaLines(w, object.metadata);
  quotaLines(w, as<Quota>(object), 0);
}

export function describeLimitRange(object: AnyObject, w: DescribeWriter): void {
  metaLines(w, object.metadata);
  limitHeader(w, '');
  limitLines(w, as<Limits>(object), '');
}

/** Keys in order; kubectl before 1.34 printed them in Go's map order. */
export function describeConfigMap(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, data, binaryData } = as<ConfigMap>(object);
  metaLines(w, metadata);
  labelAndAnnotationLines(w, metadata);
  w.write('\nData\n====\n');
  for (const key of keysOf(data)) {
    w.write(`${key}:\n----\n${data?.[key]}\n${context.minor >= 31 ? '\n' : ''}`);
  }
  w.write('\nBinaryData\n====\n');
  for (const key of keysOf(binaryData)) {
    w.write(`${key}: ${decodedLength(binaryData?.[key] ?? '')} bytes\n`);
  }
  w.line(0, '');
  ownEvents(w, object, context);
}

/** Bytes that base64 text stands for. */
function decodedLength(text: string): number {
  const bare = text.replace(/\s/g, '').replace(/=+$/, '');
  return Math.floor((bare.length * 3) / 4);
}

const tokenType = 'kubernetes.io/service-account-token';

export function describeSecret(object: AnyObject, w: DescribeWriter): void {
  const { metadata, type = '', data } = as<Secret>(object);
  metaLines(w, metadata);
  labelAndAnnotationLines(w, metadata);
  w.write(`\nType:\t${type}\n`);
  w.write('\nData\n====\n');
  for (const key of keysOf(data)) {
    const value = data?.[key] ?? '';
    const shown = key === 'token' && type === tokenType;
    w.line(0, `${key}:`, shown ? fromBase64(value) : `${decodedLength(value)} bytes`);
  }
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The text of base64, byte by byte: tokens are ASCII. */
function fromBase64(text: string): string {
  let bits = '';
  for (const char of text.replace(/[^\w+/]/g, '')) {
    bits += base64Digits.indexOf(char).toString(2).padStart(6, '0');
  }
  return (bits.match(/.{8}/g) ?? [])
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 2)))
    .join('');
}

export function describeServiceAccount(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, secrets = [], imagePullSecrets = [] } = as<ServiceAccount>(object);
  metaLines(w, metadata);
  labelAndAnnotationLines(w, metadata);
  const stored = context.lookup.list('Secret', metadata.namespace);
  const tokens = stored.filter((secret) => {
    const notes = secret.metadata.annotations ?? {};
    return (
      secret['type'] === tokenType &&
      notes['kubernetes.io/service-account.name'] === metadata.name &&
      notes['kubernetes.io/service-account.uid'] === metadata.uid
    );
  });
  const lists = [
    ['Image pull secrets:', imagePullSecrets.map(({ name }) => name ?? '')],
    ['Mountable secrets: ', secrets.map(({ name }) => name ?? '')],
    ['Tokens:            ', tokens.map((secret) => secret.metadata.name)],
  ] as const;
  for (const [title, names] of lists) {
    if (names.length === 0) w.line(0, title, '<none>');
    names.forEach((name, i) => {
      const missing = !stored.some((secret) => secret.metadata.name === name);
      const head = i === 0 ? title : ' '.repeat(title.length);
      w.line(0, head, missing ? `${name} (not found)` : name);
    });
  }
  ownEvents(w, object, context);
}

export function describePriorityClass(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  w.line(0, 'Name:', object.metadata.name);
  w.line(0, 'Value:', String(object['value'] ?? 0));
  w.line(0, 'GlobalDefault:', String(object['globalDefault'] ?? false));
  w.line(0, 'PreemptionPolicy:', String(object['preemptionPolicy'] ?? 'PreemptLowerPriority'));
  w.line(0, 'Description:', String(object['description'] ?? ''));
  w.line(0, 'Annotations:', labelsText(object.metadata.annotations));
  ownEvents(w, object, context);
}

export function describeServiceCidr(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { spec, status } = as<{
    readonly spec?: { readonly cidrs?: readonly string[] };
    readonly status?: { readonly conditions?: readonly Conditioned[] };
  }>(object);
  w.line(0, 'Name:', object.metadata.name);
  labelAndAnnotationLines(w, object.metadata);
  w.line(0, 'CIDRs:', (spec?.cidrs ?? []).join(', '));
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Status:');
    conditionLines(w, conditions);
  }
  ownEvents(w, object, context);
}

export function describeIpAddress(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { spec } = as<{
    readonly spec?: { readonly parentRef?: Readonly<Record<string, string>> };
  }>(object);
  w.line(0, 'Name:', object.metadata.name);
  labelAndAnnotationLines(w, object.metadata);
  const parent = spec?.parentRef;
  if (parent !== undefined) {
    w.line(0, 'Parent Reference:');
    w.line(1, 'Group:', parent['group'] ?? '');
    w.line(1, 'Resource:', parent['resource'] ?? '');
    w.line(1, 'Namespace:', parent['namespace'] ?? '');
    w.line(1, 'Name:', parent['name'] ?? '');
  }
  ownEvents(w, object, context);
}
