// `kubectl describe` of kinds that are only stored: ReplicationController, PersistentVolumeClaim, StorageClass, Role and
// ClusterRole. Models the describers of the same names in kubectl/pkg/describe/describe.go, and util/rbac.
import { canonicalQuantity } from '../../../api/field/quantity.ts';
import type { AnyObject, PersistentVolumeClaim, Pod, PodTemplateSpec } from '../../../api/types.ts';
import { byCodeUnit } from '../../../sim/table.ts';
import { labelsText } from '../cells.ts';
import { ownEvents } from './events.ts';
import {
  as,
  type DescribeContext,
  labelAndAnnotationLines,
  metaLines,
  since,
  sortedBy,
  stamp,
} from './fields.ts';
import { templateLines } from './pod.ts';
import { podsText } from './workloads.ts';
import type { DescribeWriter } from './writer.ts';

interface Controller {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: Readonly<Record<string, string>>;
    readonly template?: PodTemplateSpec;
  };
  readonly status?: {
    readonly replicas?: number;
    readonly conditions?: readonly { type: string; status: string; reason?: string }[];
  };
}

export function describeReplicationController(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { spec, status } = as<Controller>(object);
  metaLines(w, object.metadata);
  w.line(0, 'Selector:', labelsText(spec?.selector));
  labelAndAnnotationLines(w, object.metadata);
  w.line(0, 'Replicas:', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 1} desired`);
  const matchLabels = spec?.selector ?? {};
  w.line(0, 'Pods Status:', podsText(object.metadata, { matchLabels }, context));
  templateLines(w, spec?.template, context.minor);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type', 'Status', 'Reason');
    w.line(1, '----', '------', '------');
  }
  for (const { type, status: value, reason = '' } of conditions) {
    w.line(1, `${type} `, value, reason);
  }
  ownEvents(w, object, context);
}

const modeNames: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

export function describeClaim(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = as<PersistentVolumeClaim>(object);
  metaLines(w, metadata);
  const beta = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
  w.line(0, 'StorageClass:', beta ?? spec?.storageClassName ?? '');
  const deleted = metadata.deletionTimestamp;
  const lasts = `Terminating (lasts ${since(deleted, context.nowSeconds)})`;
  w.line(0, 'Status:', deleted === undefined ? (status?.phase ?? '') : lasts);
  const volume = spec?.volumeName ?? '';
  w.line(0, 'Volume:', volume);
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'Finalizers:', `[${(metadata.finalizers ?? []).join(' ')}]`);
  const modes = modeNames.filter(([mode]) => (status?.accessModes ?? []).includes(mode));
  const capacity = String(canonicalQuantity(status?.capacity?.['storage'] ?? '0'));
  w.line(0, 'Capacity:', volume === '' ? '' : capacity);
  w.line(0, 'Access Modes:', volume === '' ? '' : modes.map(([, name]) => name).join(','));
  if (spec?.volumeMode !== undefined) w.line(0, 'VolumeMode:', spec.volumeMode);
  const source = spec?.dataSource;
  if (source !== undefined) {
    w.line(0, 'DataSource:');
    if (source.apiGroup !== undefined) w.line(1, 'APIGroup:', source.apiGroup);
    w.line(1, 'Kind:', source.kind);
    w.line(1, 'Name:', source.name);
  }
  usedByLines(w, object, context);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type', 'Status', 'LastProbeTime', 'LastTransitionTime', 'Reason', 'Message');
    w.line(1, '----', '------', '-----------------', '------------------', '------', '-------');
  }
  for (const one of conditions) {
    const times = [`${stamp(one.lastProbeTime)} `, `${stamp(one.lastTransitionTime)} `];
    w.line(
      1,
      `${one.type} `,
      `${one.status} `,
      ...times,
      `${one.reason ?? ''} `,
      one.message ?? '',
    );
  }
  ownEvents(w, object, context);
}

function usedByLines(
  w: DescribeWriter,
  { metadata }: AnyObject,
  { lookup }: DescribeContext,
): void {
  const users = lookup
    .list('Pod', metadata.namespace)
    .filter((pod) =>
      (as<Pod>(pod).spec.volumes ?? []).some(
        (volume) => volume.persistentVolumeClaim?.claimName === metadata.name,
      ),
    );
  const names = sortedBy(users, (pod) => pod.metadata.name).map((pod) => pod.metadata.name);
  const shown = names.length === 0 ? ['<none>'] : names;
  shown.forEach((name, i) => {
    w.line(0, i === 0 ? 'Used By:' : '', name);
  });
}

export function describeStorageClass(
  object: AnyObject,
  w: DescribeWriter,
  context: DescribeContext,
): void {
  const { annotations, name } = object.metadata;
  const texts = (field: string) => object[field] as readonly string[] | undefined;
  const isDefault = ['', 'beta.'].some(
    (beta) => annotations?.[`storageclass.${beta}kubernetes.io/is-default-class`] === 'true',
  );
  w.line(0, 'Name:', name);
  w.line(0, 'IsDefaultClass:', isDefault ? 'Yes' : 'No');
  w.line(0, 'Annotations:', labelsText(annotations));
  w.line(0, 'Provisioner:', String(object['provisioner'] ?? ''));
  w.line(0, 'Parameters:', labelsText(as<Readonly<Record<string, string>>>(object['parameters'])));
  const expands = object['allowVolumeExpansion'];
  w.line(
    0,
    'AllowVolumeExpansion:',
    expands === undefined ? '<unset>' : expands ? 'True' : 'False',
  );
  const options = texts('mountOptions') ?? [];
  if (options.length === 0) w.line(0, 'MountOptions:', '<none>');
  else w.line(0, 'MountOptions:');
  for (const option of options) w.line(1, option);
  for (const [title, field] of [
    ['ReclaimPolicy:', 'reclaimPolicy'],
    ['VolumeBindingMode:', 'volumeBindingMode'],
  ] as const) {
    if (object[field] !== undefined) w.line(0, title, String(object[field]));
  }
  ownEvents(w, object, context);
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs?: readonly string[];
}

/** Rules taken apart by group, resource and name; verbs of the same come together. */
export function describeRole(object: AnyObject, w: DescribeWriter): void {
  w.line(0, 'Name:', object.metadata.name);
  labelAndAnnotationLines(w, object.metadata);
  w.line(0, 'PolicyRule:');
  w.line(1, 'Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs');
  w.line(1, '---------', '-----------------', '--------------', '-----');
  const rules = as<{ readonly rules?: readonly Rule[] }>(object).rules ?? [];
  const list = (of: readonly string[] = []): string => `[${of.join(' ')}]`;
  for (const rule of compact(rules.flatMap(brokenDown))) {
    const { resourceNames, nonResourceURLs, verbs } = rule;
    w.line(1, resourceText(rule), list(nonResourceURLs), list(resourceNames), list(verbs));
  }
}

function brokenDown(rule: Rule): readonly Rule[] {
  const {
    apiGroups = [],
    resources = [],
    resourceNames = [],
    nonResourceURLs = [],
    verbs = [],
  } = rule;
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name): Rule => {
          const one = { apiGroups: [group], resources: [resource], verbs: [verb] };
          return name === undefined ? one : { ...one, resourceNames: [name] };
        }),
      ),
    ),
  );
  const ofUrls = nonResourceURLs.flatMap((url) =>
    verbs.map((verb): Rule => ({ nonResourceURLs: [url], verbs: [verb] })),
  );
  return [...ofResources, ...ofUrls];
}

function compact(rules: readonly Rule[]): readonly Rule[] {
  const urls = rules.filter((rule) => rule.nonResourceURLs !== undefined);
  const simple = new Map<string, Rule>();
  for (const rule of rules.filter((one) => one.nonResourceURLs === undefined)) {
    const key = [rule.apiGroups, rule.resources, rule.resourceNames].join('\0');
    const old = simple.get(key)?.verbs ?? [];
    simple.set(key, { ...rule, verbs: [...new Set([...old, ...(rule.verbs ?? [])])] });
  }
  return [...urls, ...simple.values()].sort((a, b) => byCodeUnit(goText(a), goText(b)));
}

/** As the generated String method prints a rule: what upstream sorts by. */
function goText({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): string {
  const list = (of: readonly string[] = []): string => `[${of.join(' ')}]`;
  return `&PolicyRule{Verbs:${list(verbs)},APIGroups:${list(apiGroups)},Resources:${list(resources)},ResourceNames:${list(resourceNames)},NonResourceURLs:${list(nonResourceURLs)},}`;
}

function resourceText({ resources = [], apiGroups = [] }: Rule): string {
  const [first] = resources;
  if (first === undefined) return '';
  const [resource = '', sub] = first.split(/\/(.*)/s);
  const group = (apiGroups[0] ?? '') === '' ? '' : `.${apiGroups[0]}`;
  return sub === undefined ? `${resource}${group}` : `${resource}${group}/${sub}`;
}
