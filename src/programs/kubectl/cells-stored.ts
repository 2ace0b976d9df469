// Cells of kinds that are stored and not simulated: Ingresses, volumes, classes, bindings, IP addresses. Models the print
// functions of pkg/printers/internalversion/printers.go.
import type { AnyObject } from '../../api/types.ts';
import { isRecord } from '../../api/values.ts';
import { type CellContext, type Cells, fieldsOf } from './cells.ts';

type Fields = Readonly<Record<string, unknown>>;

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

const hostsMax = 3;

function hostsText(rules: readonly Fields[]): string {
  const shown: string[] = [];
  let more = false;
  for (const { host } of rules as readonly { readonly host?: string }[]) {
    if (shown.length === hostsMax) more = true;
    else if ((host ?? '') !== '') shown.push(host ?? '');
  }
  if (shown.length === 0) return '*';
  return more ? `${shown.join(',')} + ${rules.length - hostsMax} more...` : shown.join(',');
}

function addressText(object: AnyObject, wide: boolean): string {
  const { loadBalancer } = fieldsOf(object, 'status');
  const ingress = listOf(isRecord(loadBalancer) ? loadBalancer['ingress'] : undefined);
  const names = ingress.map((one) => String(one['ip'] ?? one['hostname'] ?? ''));
  const joined = [...new Set(names.filter((name) => name !== ''))].sort().join(',');
  return !wide && joined.length > 16 ? `${joined.slice(0, 13)}...` : joined;
}

export const ingressCells: Cells = {
  columns: ['NAME', 'CLASS', 'HOSTS', 'ADDRESS', 'PORTS', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const spec = fieldsOf(object, 'spec');
    return [
      object.metadata.name,
      String(spec['ingressClassName'] ?? '<none>'),
      hostsText(listOf(spec['rules'])),
      addressText(object, context.wide),
      listOf(spec['tls']).length > 0 ? '80, 443' : '80',
      context.age,
    ];
  },
};

export const ingressClassCells: Cells = {
  columns: ['NAME', 'CONTROLLER', 'PARAMETERS', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const { controller, parameters } = fieldsOf(object, 'spec');
    const group = isRecord(parameters) && parameters['apiGroup'] !== undefined;
    const text = isRecord(parameters)
      ? `${parameters['kind']}${group ? `.${parameters['apiGroup']}` : ''}/${parameters['name']}`
      : '<none>';
    return [object.metadata.name, String(controller ?? ''), text, context.age];
  },
};

const modes: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
];

function modesText(value: unknown): string {
  const list = Array.isArray(value) ? value : [];
  return modes.flatMap(([mode, short]) => (list.includes(mode) ? [short] : [])).join(',');
}

const classKey = 'volume.beta.kubernetes.io/storage-class';
/** The column VOLUMEATTRIBUTESCLASS came with 1.29. */
const attributesSince = 29;

function storage(value: unknown): string {
  return isRecord(value) ? String(value['storage'] ?? '0') : '0';
}

function phaseOf({ metadata, ...object }: AnyObject): string {
  const status = isRecord(object['status']) ? object['status'] : {};
  return metadata.deletionTimestamp === undefined ? String(status['phase'] ?? '') : 'Terminating';
}

export function volumeCells(minor: number): Cells {
  const attributes = minor >= attributesSince;
  return {
    columns: [
      ...['NAME', 'CAPACITY', 'ACCESS MODES', 'RECLAIM POLICY', 'STATUS', 'CLAIM', 'STORAGECLASS'],
      ...(attributes ? ['VOLUMEATTRIBUTESCLASS'] : []),
      ...['REASON', 'AGE'],
    ],
    wide: ['VOLUMEMODE'],
    cells: (object, context) => {
      const spec = fieldsOf(object, 'spec');
      const claim = spec['claimRef'];
      return [
        object.metadata.name,
        storage(spec['capacity']),
        modesText(spec['accessModes']),
        String(spec['persistentVolumeReclaimPolicy'] ?? ''),
        phaseOf(object),
        isRecord(claim) ? `${claim['namespace'] ?? ''}/${claim['name'] ?? ''}` : '',
        object.metadata.annotations?.[classKey] ?? String(spec['storageClassName'] ?? ''),
        ...(attributes ? [String(spec['volumeAttributesClassName'] ?? '<unset>')] : []),
        String(fieldsOf(object, 'status')['reason'] ?? ''),
        context.age,
        String(spec['volumeMode'] ?? '<unset>'),
      ];
    },
  };
}

export function claimCells(minor: number): Cells {
  const attributes = minor >= attributesSince;
  return {
    columns: [
      ...['NAME', 'STATUS', 'VOLUME', 'CAPACITY', 'ACCESS MODES', 'STORAGECLASS'],
      ...(attributes ? ['VOLUMEATTRIBUTESCLASS'] : []),
      'AGE',
    ],
    wide: ['VOLUMEMODE'],
    cells: (object, context) => {
      const spec = fieldsOf(object, 'spec');
      const status = fieldsOf(object, 'status');
      const volume = String(spec['volumeName'] ?? '');
      return [
        object.metadata.name,
        phaseOf(object),
        volume,
        volume === '' ? '' : storage(status['capacity']),
        volume === '' ? '' : modesText(status['accessModes']),
        object.metadata.annotations?.[classKey] ?? String(spec['storageClassName'] ?? ''),
        ...(attributes ? [String(spec['volumeAttributesClassName'] ?? '<unset>')] : []),
        context.age,
        String(spec['volumeMode'] ?? '<unset>'),
      ];
    },
  };
}

const defaultClass = 'storageclass.kubernetes.io/is-default-class';

export const storageClassCells: Cells = {
  columns: [
    ...['NAME', 'PROVISIONER', 'RECLAIMPOLICY', 'VOLUMEBINDINGMODE', 'ALLOWVOLUMEEXPANSION'],
    'AGE',
  ],
  wide: [],
  cells: (object, context) => {
    const isDefault = object.metadata.annotations?.[defaultClass] === 'true';
    return [
      `${object.metadata.name}${isDefault ? ' (default)' : ''}`,
      String(object['provisioner'] ?? ''),
      String(object['reclaimPolicy'] ?? 'Delete'),
      String(object['volumeBindingMode'] ?? 'Immediate'),
      String(object['allowVolumeExpansion'] ?? false),
      context.age,
    ];
  },
};

export const priorityClassCells: Cells = {
  columns: ['NAME', 'VALUE', 'GLOBAL-DEFAULT', 'AGE', 'PREEMPTIONPOLICY'],
  wide: [],
  cells: (object, context) => [
    object.metadata.name,
    String(object['value'] ?? 0),
    String(object['globalDefault'] ?? false),
    context.age,
    String(object['preemptionPolicy'] ?? ''),
  ],
};

export const runtimeClassCells: Cells = {
  columns: ['NAME', 'HANDLER', 'AGE'],
  wide: [],
  cells: (object, context) => [object.metadata.name, String(object['handler'] ?? ''), context.age],
};

/** RoleBindings and ClusterRoleBindings. */
export const bindingCells: Cells = {
  columns: ['NAME', 'ROLE', 'AGE'],
  wide: ['USERS', 'GROUPS', 'SERVICEACCOUNTS'],
  cells: bindingRow,
};

function bindingRow(object: AnyObject, context: CellContext): readonly string[] {
  const role = fieldsOf(object, 'roleRef');
  const subjects = listOf(object['subjects']);
  const named = (kind: string, text: (subject: Fields) => string): string =>
    subjects
      .filter((subject) => subject['kind'] === kind)
      .map(text)
      .join(', ');
  const name = (subject: Fields): string => String(subject['name']);
  return [
    object.metadata.name,
    `${role['kind']}/${role['name']}`,
    context.age,
    named('User', name),
    named('Group', name),
    named('ServiceAccount', (one) => `${one['namespace']}/${one['name']}`),
  ];
}

export const serviceCidrCells: Cells = {
  columns: ['NAME', 'CIDRS', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const { cidrs } = fieldsOf(object, 'spec');
    return [object.metadata.name, Array.isArray(cidrs) ? cidrs.join(',') : '', context.age];
  },
};

export const ipAddressCells: Cells = {
  columns: ['NAME', 'PARENTREF', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const { parentRef } = fieldsOf(object, 'spec');
    return [object.metadata.name, parentText(parentRef), context.age];
  },
};

function parentText(parent: unknown): string {
  if (!isRecord(parent)) return '<none>';
  const { resource = '', group = '', namespace = '', name = '' } = parent;
  const type = `${resource}${group === '' ? '' : `.${group}`}`.toLowerCase();
  return `${type}${namespace === '' ? '' : `/${namespace}`}/${name}`;
}
