// What stands in the cells of kubectl's tables, kind by kind. Models printers.go's print functions; a kind without
// an entry is printed as NAME and AGE, as the API server does for kinds without a printer.
import { builtinRow, type KindRow } from '../../api/scheme.ts';
import type {
  AnyObject,
  DaemonSet,
  Deployment,
  LabelSelector,
  Node,
  PodSpec,
  ReplicaSet,
  StatefulSet,
} from '../../api/types.ts';
import { endpointSliceCells, endpointsCells, serviceCells } from './cells-network.ts';
import { podCells } from './cells-pod.ts';
import {
  autoscalerCells,
  cronJobCells,
  disruptionBudgetCells,
  eventCells,
  jobCells,
  quotaCells,
  revisionCells,
} from './cells-policy.ts';
import {
  bindingCells,
  claimCells,
  ingressCells,
  ingressClassCells,
  ipAddressCells,
  priorityClassCells,
  runtimeClassCells,
  serviceCidrCells,
  storageClassCells,
  volumeCells,
} from './cells-stored.ts';

export interface CellContext {
  readonly wide: boolean;
  readonly nowSeconds: number;
  readonly age: string;
}

export interface Cells {
  readonly columns: readonly string[];
  /** Columns that `-o wide` adds at the end. */
  readonly wide: readonly string[];
  /** The order of all columns under -o wide, where the wide ones do not stand last. */
  readonly wideOrder?: readonly number[];
  /** All cells, wide ones included. */
  readonly cells: (object: AnyObject, context: CellContext) => readonly string[];
}

/** A custom resource whose definition names no columns. */
const nameAndAge: Cells = {
  columns: ['NAME', 'AGE'],
  wide: [],
  cells: (object, context) => [object.metadata.name, context.age],
};

/** Built-in kinds without a printer of their own (registry/rest/table.go). */
const nameAndCreation: Cells = {
  columns: ['NAME', 'CREATED AT'],
  wide: [],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? '<unknown>'],
};

/** The printer of a kind at a minor version; a custom resource may share its name with a built-in kind, but not its
 * group. */
export function cellsOf(row: KindRow, minor: number): Cells {
  if (builtinRow(row.kind, row.group) === undefined) return nameAndAge;
  const printer = printers.get(row.kind) ?? nameAndCreation;
  return typeof printer === 'function' ? printer(minor) : printer;
}

/** Casts where the table's key has already told the kind. */
function as<T>(object: AnyObject): T {
  return object as unknown as T;
}

/** CONTAINERS and IMAGES. */
export function containerCells(spec: PodSpec | undefined): readonly [string, string] {
  const list = spec?.containers ?? [];
  return [list.map((c) => c.name).join(','), list.map((c) => c.image ?? '').join(',')];
}

/** "a=b,c=d" sorted by key; "<none>" when empty. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key]}`).join(',');
}

/** A LabelSelector as metav1.FormatLabelSelector prints it: sorted, "<none>" when empty. */
export function selectorText(selector: LabelSelector | undefined): string {
  const parts = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
    key,
    text: `${key}=${value}`,
  }));
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    const list = `(${[...(values ?? [])].sort().join(',')})`;
    const text =
      operator === 'In'
        ? `${key} in ${list}`
        : operator === 'NotIn'
          ? `${key} notin ${list}`
          : operator === 'Exists'
            ? key
            : `!${key}`;
    parts.push({ key, text });
  }
  parts.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return parts.length === 0 ? '<none>' : parts.map((part) => part.text).join(',');
}

function deploymentCells(object: AnyObject, context: CellContext): readonly string[] {
  const { metadata, spec, status } = as<Deployment>(object);
  return [
    metadata.name,
    `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    String(status?.updatedReplicas ?? 0),
    String(status?.availableReplicas ?? 0),
    context.age,
    ...containerCells(spec.template?.spec),
    selectorText(spec.selector),
  ];
}

function replicaSetCells(object: AnyObject, context: CellContext): readonly string[] {
  const { metadata, spec, status } = as<ReplicaSet>(object);
  return [
    metadata.name,
    String(spec.replicas ?? 1),
    String(status?.replicas ?? 0),
    String(status?.readyReplicas ?? 0),
    context.age,
    ...containerCells(spec.template?.spec),
    selectorText(spec.selector),
  ];
}

function replicationControllerCells(object: AnyObject, context: CellContext): readonly string[] {
  const spec = fieldsOf(object, 'spec');
  const status = fieldsOf(object, 'status');
  const template = spec['template'] as { readonly spec?: PodSpec } | undefined;
  return [
    object.metadata.name,
    String(spec['replicas'] ?? 0),
    String(status['replicas'] ?? 0),
    String(status['readyReplicas'] ?? 0),
    context.age,
    ...containerCells(template?.spec),
    labelsText(spec['selector'] as Readonly<Record<string, string>> | undefined),
  ];
}

function statefulSetCells(object: AnyObject, context: CellContext): readonly string[] {
  const { metadata, spec, status } = as<StatefulSet>(object);
  const ready = `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`;
  return [metadata.name, ready, context.age, ...containerCells(spec.template?.spec)];
}

function daemonSetCells(object: AnyObject, context: CellContext): readonly string[] {
  const { metadata, spec, status } = as<DaemonSet>(object);
  return [
    metadata.name,
    String(status?.desiredNumberScheduled ?? 0),
    String(status?.currentNumberScheduled ?? 0),
    String(status?.numberReady ?? 0),
    String(status?.updatedNumberScheduled ?? 0),
    String(status?.numberAvailable ?? 0),
    labelsText(spec.template?.spec?.nodeSelector),
    context.age,
    ...containerCells(spec.template?.spec),
    selectorText(spec.selector),
  ];
}

const rolePrefix = 'node-role.kubernetes.io/';

function nodeCells(object: AnyObject, context: CellContext): readonly string[] {
  const { metadata, spec, status } = as<Node>(object);
  const ready = (status?.conditions ?? []).find((c) => c.type === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  const roles = Object.keys(metadata.labels ?? {})
    .filter((label) => label.startsWith(rolePrefix))
    .map((label) => label.slice(rolePrefix.length))
    .sort();
  const address = (type: string): string =>
    (status?.addresses ?? []).find((a) => a.type === type)?.address ?? '<none>';
  const system = status?.nodeInfo;
  return [
    metadata.name,
    spec.unschedulable === true ? `${state},SchedulingDisabled` : state,
    roles.length === 0 ? '<none>' : roles.join(','),
    context.age,
    system?.kubeletVersion ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    system?.osImage ?? '<unknown>',
    system?.kernelVersion ?? '<unknown>',
    system?.containerRuntimeVersion ?? '<unknown>',
  ];
}

/** A field that is a map; {} when there is none. */
export function fieldsOf(object: AnyObject, field: string): Readonly<Record<string, unknown>> {
  const value = object[field];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function size(object: AnyObject, field: string): number {
  return Object.keys(fieldsOf(object, field)).length;
}

const workload = ['CONTAINERS', 'IMAGES'];

type Printer = Cells | ((minor: number) => Cells);

const printers: ReadonlyMap<string, Printer> = new Map<string, Printer>([
  ['Service', serviceCells],
  ['Endpoints', endpointsCells],
  ['EndpointSlice', endpointSliceCells],
  ['Pod', podCells],
  [
    'Deployment',
    {
      columns: ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE'],
      wide: [...workload, 'SELECTOR'],
      cells: deploymentCells,
    },
  ],
  [
    'ReplicaSet',
    {
      columns: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE'],
      wide: [...workload, 'SELECTOR'],
      cells: replicaSetCells,
    },
  ],
  ['StatefulSet', { columns: ['NAME', 'READY', 'AGE'], wide: workload, cells: statefulSetCells }],
  [
    'DaemonSet',
    {
      columns: [
        'NAME',
        'DESIRED',
        'CURRENT',
        'READY',
        'UP-TO-DATE',
        'AVAILABLE',
        'NODE SELECTOR',
        'AGE',
      ],
      wide: [...workload, 'SELECTOR'],
      cells: daemonSetCells,
    },
  ],
  ['Job', jobCells],
  ['CronJob', cronJobCells],
  ['PodDisruptionBudget', disruptionBudgetCells],
  ['HorizontalPodAutoscaler', autoscalerCells],
  ['ResourceQuota', quotaCells],
  ['ControllerRevision', revisionCells],
  ['Event', eventCells],
  ['Ingress', ingressCells],
  ['IngressClass', ingressClassCells],
  ['PersistentVolume', volumeCells],
  ['PersistentVolumeClaim', claimCells],
  ['StorageClass', storageClassCells],
  ['PriorityClass', priorityClassCells],
  ['RuntimeClass', runtimeClassCells],
  ['RoleBinding', bindingCells],
  ['ClusterRoleBinding', bindingCells],
  ['ServiceCIDR', serviceCidrCells],
  ['IPAddress', ipAddressCells],
  [
    'ServiceAccount',
    {
      columns: ['NAME', 'SECRETS', 'AGE'],
      wide: [],
      cells: (object, context) => [
        object.metadata.name,
        String((object['secrets'] as readonly unknown[] | undefined)?.length ?? 0),
        context.age,
      ],
    },
  ],
  [
    'ReplicationController',
    {
      columns: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE'],
      wide: [...workload, 'SELECTOR'],
      cells: replicationControllerCells,
    },
  ],
  [
    'Node',
    {
      columns: ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION'],
      wide: ['INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE', 'KERNEL-VERSION', 'CONTAINER-RUNTIME'],
      cells: nodeCells,
    },
  ],
  [
    'Namespace',
    {
      columns: ['NAME', 'STATUS', 'AGE'],
      wide: [],
      cells: (object, context) => [
        object.metadata.name,
        String(fieldsOf(object, 'status')['phase'] ?? 'Active'),
        context.age,
      ],
    },
  ],
  [
    'ConfigMap',
    {
      columns: ['NAME', 'DATA', 'AGE'],
      wide: [],
      cells: (object, context) => [
        object.metadata.name,
        String(size(object, 'data') + size(object, 'binaryData')),
        context.age,
      ],
    },
  ],
  [
    'Secret',
    {
      columns: ['NAME', 'TYPE', 'DATA', 'AGE'],
      wide: [],
      cells: (object, context) => [
        object.metadata.name,
        String(object['type'] ?? 'Opaque'),
        String(size(object, 'data')),
        context.age,
      ],
    },
  ],
  [
    'NetworkPolicy',
    {
      columns: ['NAME', 'POD-SELECTOR', 'AGE'],
      wide: [],
      cells: (object, context) => [
        object.metadata.name,
        selectorText(fieldsOf(object, 'spec')['podSelector'] as LabelSelector | undefined),
        context.age,
      ],
    },
  ],
  [
    'AdminNetworkPolicy',
    {
      columns: ['NAME', 'PRIORITY', 'AGE'],
      wide: [],
      cells: (object, context) => [
        object.metadata.name,
        String(fieldsOf(object, 'spec')['priority']),
        context.age,
      ],
    },
  ],
  [
    'ClusterNetworkPolicy',
    {
      columns: ['NAME', 'TIER', 'PRIORITY', 'AGE'],
      wide: [],
      cells: (object, context) => {
        const { tier, priority } = fieldsOf(object, 'spec');
        return [object.metadata.name, String(tier), String(priority), context.age];
      },
    },
  ],
  [
    'Lease',
    {
      columns: ['NAME', 'HOLDER', 'AGE'],
      wide: [],
      cells: (object, context) => [
        object.metadata.name,
        String(fieldsOf(object, 'spec')['holderIdentity'] ?? ''),
        context.age,
      ],
    },
  ],
]);
