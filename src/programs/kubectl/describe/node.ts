// `kubectl describe node`: conditions, addresses, capacity, its Pods and what they ask for. Models describeNode and
// describeNodeResource of kubectl/pkg/describe/describe.go. Not here: ResourceSlices (1.36), resized Pods.
import { canonicalQuantity } from '../../../api/field/quantity.ts';
import type { AnyObject, Container, Lease, Node, Pod } from '../../../api/types.ts';
import { numberOf, sumQuantities } from './containers.ts';
import { eventLines, eventsOf } from './events.ts';
import {
  as,
  type DescribeContext,
  keysOf,
  labelAndAnnotationLines,
  since,
  stamp,
  taintLines,
} from './fields.ts';
import type { DescribeWriter } from './writer.ts';

type Amounts = Readonly<Record<string, string>>;

const rolePrefix = 'node-role.kubernetes.io/';

function rolesOf(labels: Readonly<Record<string, string>> = {}): string {
  const roles = Object.keys(labels)
    .filter((key) => key.startsWith(rolePrefix) && key !== rolePrefix)
    .map((key) => key.slice(rolePrefix.length));
  const named = labels['kubernetes.io/role'] ?? '';
  const all = new Set(named === '' ? roles : [...roles, named]);
  return [...all].sort().join(',') || '<none>';
}

export function describeNode(object: AnyObject, w: DescribeWriter, context: DescribeContext): void {
  const { metadata, spec, status } = as<Node>(object);
  w.line(0, 'Name:', metadata.name);
  w.line(0, 'Roles:', rolesOf(metadata.labels));
  labelAndAnnotationLines(w, metadata);
  w.line(0, 'CreationTimestamp:', stamp(metadata.creationTimestamp));
  taintLines(w, spec?.taints);
  w.line(0, 'Unschedulable:', spec?.unschedulable ?? false);
  leaseLines(w, metadata.name, context);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type', 'Status', 'LastHeartbeatTime', 'LastTransitionTime', 'Reason', 'Message');
    w.line(1, '----', '------', '-----------------', '------------------', '------', '-------');
  }
  for (const condition of conditions) {
    const { type, status: value, reason = '', message = '' } = condition;
    const heard = `${stamp(condition.lastHeartbeatTime)} `;
    const changed = `${stamp(condition.lastTransitionTime)} `;
    w.line(1, `${type} `, `${value} `, heard, changed, `${reason} `, message);
  }
  w.line(0, 'Addresses:');
  for (const { type, address } of status?.addresses ?? []) w.line(1, `${type}:`, address);
  amountLines(w, 'Capacity', status?.capacity);
  amountLines(w, 'Allocatable', status?.allocatable);
  systemLines(w, object, context);
  if ((spec?.podCIDR ?? '') !== '') w.line(0, 'PodCIDR:', spec?.podCIDR ?? '');
  const ranges = spec?.podCIDRs ?? [];
  if (ranges.length > 0) w.line(0, 'PodCIDRs:', ranges.join(','));
  if ((spec?.providerID ?? '') !== '') w.line(0, 'ProviderID:', spec?.providerID ?? '');
  podLines(w, object, context);
  const ids = [metadata.uid ?? '', metadata.name];
  eventLines(w, eventsOfNode(object, context, ids), context);
}

/** Controllers name the node by its uid, the kubelet by its name; events of nodes stand in namespace default. */
function eventsOfNode(
  object: AnyObject,
  context: DescribeContext,
  ids: readonly string[],
): readonly AnyObject[] {
  const seen = new Set(eventsOf(object, context, ids));
  return [...seen];
}

function leaseLines(w: DescribeWriter, name: string, { lookup }: DescribeContext): void {
  const lease = lookup.get('Lease', 'kube-node-lease', name);
  if (lease === undefined) {
    const error = `leases.coordination.k8s.io "${name}" not found`;
    w.line(0, 'Lease:', `Failed to get lease: ${error}`);
    return;
  }
  const { spec } = as<Lease>(lease);
  const time = (text: string | undefined): string => (text === undefined ? '<unset>' : stamp(text));
  w.line(0, 'Lease:');
  w.line(1, 'HolderIdentity:', spec?.holderIdentity ?? '<unset>');
  w.line(1, 'AcquireTime:', time(spec?.acquireTime));
  w.line(1, 'RenewTime:', time(spec?.renewTime));
}

function amountLines(w: DescribeWriter, title: string, amounts: Amounts | undefined): void {
  const names = keysOf(amounts);
  if (names.length === 0) return;
  w.line(0, `${title}:`);
  for (const name of names) w.line(1, `${name}:`, canonicalQuantity(amounts?.[name]) ?? '');
}

function systemLines(w: DescribeWriter, object: AnyObject, { minor }: DescribeContext): void {
  const info = as<Node>(object).status?.nodeInfo;
  w.line(0, 'System Info:');
  w.line(1, 'Machine ID:', info?.machineID ?? '');
  w.line(1, 'System UUID:', info?.systemUUID ?? '');
  w.line(1, 'Boot ID:', info?.bootID ?? '');
  w.line(1, 'Kernel Version:', info?.kernelVersion ?? '');
  w.line(1, 'OS Image:', info?.osImage ?? '');
  w.line(1, 'Operating System:', info?.operatingSystem ?? '');
  w.line(1, 'Architecture:', info?.architecture ?? '');
  w.line(1, 'Container Runtime Version:', info?.containerRuntimeVersion ?? '');
  w.line(1, 'Kubelet Version:', info?.kubeletVersion ?? '');
  if (minor < 36) w.line(1, 'Kube-Proxy Version:', info?.kubeProxyVersion ?? '');
}

function podLines(w: DescribeWriter, object: AnyObject, context: DescribeContext): void {
  const { metadata, status } = as<Node>(object);
  const pods = context.lookup
    .list('Pod')
    .map((pod) => as<Pod>(pod))
    .filter(
      (pod) =>
        pod.spec.nodeName === metadata.name &&
        pod.status?.phase !== 'Succeeded' &&
        pod.status?.phase !== 'Failed',
    );
  const capacity = status?.allocatable ?? status?.capacity ?? {};
  w.line(0, 'Non-terminated Pods:', `(${pods.length} in total)`);
  const columns = ['CPU Requests', 'CPU Limits', 'Memory Requests', 'Memory Limits', 'Age'];
  w.line(1, 'Namespace', 'Name', '', ...columns);
  w.line(1, '---------', '----', '', ...columns.map((title) => '-'.repeat(title.length)));
  for (const pod of pods) {
    const [requests, limits] = [
      podAmounts(pod, 'requests', context.minor),
      podAmounts(pod, 'limits', context.minor),
    ];
    const cells = ['cpu', 'memory'].flatMap((name) =>
      [requests, limits].map((amounts) => share(amounts[name], capacity[name], false)),
    );
    const age = since(pod.metadata.creationTimestamp, context.nowSeconds);
    w.line(1, pod.metadata.namespace ?? '', pod.metadata.name, '', ...cells, age);
  }
  totalLines(w, pods, capacity, context.minor);
}

function totalLines(
  w: DescribeWriter,
  pods: readonly Pod[],
  capacity: Amounts,
  minor: number,
): void {
  const total = (of: 'requests' | 'limits'): Amounts =>
    added(pods.map((pod) => podAmounts(pod, of, minor)));
  const [requests, limits] = [total('requests'), total('limits')];
  w.line(0, 'Allocated resources:');
  w.line(1, '(Total limits may be over 100 percent, i.e., overcommitted.)');
  w.line(1, 'Resource', 'Requests', 'Limits');
  w.line(1, '--------', '--------', '------');
  const names = keysOf(capacity);
  const huge = names.filter((name) => name.startsWith('hugepages-'));
  const standard = ['cpu', 'memory', 'ephemeral-storage'];
  for (const name of [...standard, ...huge]) {
    const shares = [requests, limits].map((amounts) => share(amounts[name], capacity[name], true));
    w.line(1, name, ...shares);
  }
  for (const name of names.filter((one) => ![...standard, ...huge, 'pods'].includes(one))) {
    w.line(1, name, requests[name] ?? '0', limits[name] ?? '0');
  }
}

/** What Go's conversion of NaN and infinity to int64 gives on amd64: a share of nothing. */
const notANumber = '-9223372036854775808';

/** "250m (12%)" */
function share(amount: string | undefined, of: string | undefined, guarded: boolean): string {
  const text = amount === undefined ? '0' : String(canonicalQuantity(amount));
  const whole = numberOf(of);
  if (whole === 0) return `${text} (${guarded ? '0' : notANumber}%)`;
  return `${text} (${Math.trunc((numberOf(amount) / whole) * 100)}%)`;
}

/** kubectl 1.29 counted sidecars with the containers. The sum of all containers or what the init containers need at most, whichever is more; then the overhead. */
function podAmounts({ spec }: Pod, of: 'requests' | 'limits', minor: number): Amounts {
  const amounts = (container: Container): Amounts => container.resources?.[of] ?? {};
  const inits = spec.initContainers ?? [];
  const sidecars: Amounts[] = [];
  let most: Amounts = {};
  for (const init of inits) {
    const own = amounts(init);
    if (init.restartPolicy === 'Always' && minor >= 29) {
      sidecars.push(own);
      most = larger(most, added(sidecars));
    } else most = larger(most, added([...sidecars, own]));
  }
  const running = larger(added([...spec.containers.map(amounts), ...sidecars]), most);
  const overhead = spec.overhead ?? {};
  if (of === 'requests') return added([running, overhead]);
  const counted = keysOf(overhead).filter((name) => numberOf(running[name]) !== 0);
  return added([running, Object.fromEntries(counted.map((name) => [name, overhead[name] ?? '0']))]);
}

function added(list: readonly Amounts[]): Amounts {
  const names = [...new Set(list.flatMap((amounts) => Object.keys(amounts)))];
  return Object.fromEntries(
    names.map((name) => [name, sumQuantities(list.flatMap((amounts) => amounts[name] ?? []))]),
  );
}

function larger(a: Amounts, b: Amounts): Amounts {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(
    names.map((name) => [name, (numberOf(b[name]) > numberOf(a[name]) ? b[name] : a[name]) ?? '0']),
  );
}
