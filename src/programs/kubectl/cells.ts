// What stands in the cells of kubectl's tables, kind by kind. Models printers.go's print functions; a kind without
// an entry is printed as NAME and AGE, as the API server does for kinds without a printer.
import type {
  AnyObject,
  DaemonSet,
  Deployment,
  Job,
  LabelSelector,
  Node,
  PodSpec,
  ReplicaSet,
  StatefulSet,
} from '../../api/types.ts';
import { endpointSliceCells, endpointsCells, serviceCells } from './cells-network.ts';
import { podCells } from './cells-pod.ts';

export interface CellContext {
  readonly wide: boolean;
  readonly nowSeconds: number;
  readonly age: string;
}

export interface Cells {
  readonly columns: readonly string[];
  /** Columns that `-o wide` adds at the end. */
  readonly wide: readonly string[];
  /** All cells, wide ones included. */
  readonly cells: (object: AnyObject, context: CellContext) => readonly string[];
}

const nameAndAge: Cells = {
  columns: ['NAME', 'AGE'],
  wide: [],
  cells: (object, context) => [object.metadata.name, context.age],
};

/** The printer of a kind; a custom resource may share its name with a built-in kind, but not its group. */
export function cellsOf({ kind, group }: { readonly kind: string; readonly group: string }): Cells {
  const builtIn = !group.includes('.') || group.endsWith('.k8s.io');
  return (builtIn ? printers.get(kind) : undefined) ?? nameAndAge;
}

/** Casts where the table's key has already told the kind. */
function as<T>(object: AnyObject): T {
  return object as unknown as T;
}

function containers(spec: PodSpec | undefined): readonly [string, string] {
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
    ...containers(spec.template?.spec),
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
    ...containers(spec.template?.spec),
    selectorText(spec.selector),
  ];
}

function statefulSetCells(object: AnyObject, context: CellContext): readonly string[] {
  const { metadata, spec, status } = as<StatefulSet>(object);
  const ready = `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`;
  return [metadata.name, ready, context.age, ...containers(spec.template?.spec)];
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
    ...containers(spec.template?.spec),
    selectorText(spec.selector),
  ];
}

function jobCells(object: AnyObject, context: CellContext): readonly string[] {
  const { metadata, spec, status } = as<Job>(object);
  const is = (type: string): boolean =>
    (status?.conditions ?? []).some((c) => c.type === type && c.status === 'True');
  const state = is('Complete') ? 'Complete' : is('Failed') ? 'Failed' : 'Running';
  const wanted = spec.completions ?? spec.parallelism ?? 1;
  const completions = `${status?.succeeded ?? 0}/${wanted}`;
  return [metadata.name, state, completions, '', context.age, ...containers(spec.template?.spec)];
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

function record(object: AnyObject, field: string): Readonly<Record<string, unknown>> {
  const value = object[field];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function size(object: AnyObject, field: string): number {
  return Object.keys(record(object, field)).length;
}

function eventCells(object: AnyObject, context: CellContext): readonly string[] {
  const about = record(object, 'involvedObject');
  const kind = String(about['kind'] ?? '').toLowerCase();
  const text = (field: string): string => String(object[field] ?? '');
  return [context.age, text('type'), text('reason'), `${kind}/${about['name']}`, text('message')];
}

const workload = ['CONTAINERS', 'IMAGES'];

const printers: ReadonlyMap<string, Cells> = new Map<string, Cells>([
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
  [
    'Job',
    {
      columns: ['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE'],
      wide: workload,
      cells: jobCells,
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
        String(record(object, 'status')['phase'] ?? 'Active'),
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
        selectorText(record(object, 'spec')['podSelector'] as LabelSelector | undefined),
        context.age,
      ],
    },
  ],
  [
    'Lease',
    {
      columns: ['NAME', 'HOLDER', 'AGE'],
      wide: [],
      cells: (object, context) => [
        object.metadata.name,
        String(record(object, 'spec')['holderIdentity'] ?? ''),
        context.age,
      ],
    },
  ],
  [
    'Event',
    {
      columns: ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
      wide: [],
      cells: eventCells,
    },
  ],
]);
