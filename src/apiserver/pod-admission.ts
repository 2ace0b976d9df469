// Admission of new Pods by what they name: the ServiceAccount, the PriorityClass and the RuntimeClass must exist, and
// what they say goes into the Pod. Models plugin/pkg/admission/{serviceaccount,priority,runtimeclass}, in the order in
// which the server runs them. Not modelled: token volumes, mountable secrets, overhead and scheduling of a RuntimeClass.
import { forbidden } from '../api/refusals.ts';
import type { KindRow } from '../api/scheme.ts';
import type { AnyObject, ObjectMeta, Pod, PodSpec } from '../api/types.ts';
import { type Draft, isUnset } from '../api/values.ts';
import { DEFAULT_ACCOUNT } from './system-objects.ts';

/** What admission reads of the stored objects. */
export interface Lookup {
  get(table: string, key: string): AnyObject | undefined;
  list(table: string): readonly AnyObject[];
}

const SUFFIX = /^[bcdfghjklmnpqrstvwxz2456789]{5}$/;

type Refuse = (why: string) => Error;
type Spec = Draft<PodSpec>;

/** The Pod with what admission adds; throws Forbidden. Other kinds stay as they are. */
export function admitReferences(row: KindRow, object: AnyObject, lookup: Lookup): AnyObject {
  if (row.table !== 'Pod') return object;
  const { namespace = 'default' } = object.metadata;
  const refuse: Refuse = (why) => forbidden(row, nameAtAdmission(object.metadata), why);
  const spec: Spec = { ...(object as unknown as Pod).spec };
  admitAccount(spec, namespace, lookup, refuse);
  admitPriority(spec, lookup, refuse);
  const { runtimeClassName } = spec;
  if (runtimeClassName !== undefined && !lookup.get('RuntimeClass', runtimeClassName)) {
    throw refuse(`pod rejected: RuntimeClass ${JSON.stringify(runtimeClassName)} not found`);
  }
  return { ...object, spec };
}

/** Names are generated after admission; controllers here choose them before they ask. */
function nameAtAdmission({ name = '', generateName = '', ownerReferences }: ObjectMeta): string {
  const isOwned = ownerReferences?.some(({ controller }) => controller === true) === true;
  const isGenerated =
    isOwned && generateName !== '' && SUFFIX.test(name.slice(generateName.length));
  return isUnset(name) || isGenerated ? generateName : name;
}

function admitAccount(spec: Spec, namespace: string, lookup: Lookup, refuse: Refuse): void {
  const name = isUnset(spec.serviceAccountName) ? DEFAULT_ACCOUNT : spec.serviceAccountName;
  const account = lookup.get('ServiceAccount', `${namespace}/${name}`);
  if (account === undefined) {
    const why = `serviceaccount ${JSON.stringify(name)} not found`;
    throw refuse(`error looking up service account ${namespace}/${name}: ${why}`);
  }
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
  const secrets = account['imagePullSecrets'] as PodSpec['imagePullSecrets'];
  if ((spec.imagePullSecrets ?? []).length === 0 && secrets !== undefined) {
    spec.imagePullSecrets = secrets;
  }
}

interface Priority {
  readonly name: string;
  readonly value: number;
  readonly policy: string | undefined;
}

const noClass: Priority = { name: '', value: 0, policy: 'PreemptLowerPriority' };

function priorityOf(object: AnyObject): Priority {
  return {
    name: object.metadata.name ?? '',
    value: Number(object['value'] ?? 0),
    policy: (object['preemptionPolicy'] ?? 'PreemptLowerPriority') as string,
  };
}

/** The least of the classes that call themselves the default. */
function defaultPriority(lookup: Lookup): Priority {
  const all = lookup.list('PriorityClass').filter((one) => one['globalDefault'] === true);
  const [first, ...others] = all.map(priorityOf);
  if (first === undefined) return noClass;
  return others.reduce((least, one) => (one.value < least.value ? one : least), first);
}

function admitPriority(spec: Spec, lookup: Lookup, refuse: Refuse): void {
  let { priorityClassName: name } = spec;
  let computed: Priority;
  if (isUnset(name)) {
    computed = defaultPriority(lookup);
    name = computed.name;
  } else {
    const found = lookup.get('PriorityClass', name);
    if (found === undefined) throw refuse(`no PriorityClass with name ${name} was found`);
    computed = priorityOf(found);
  }
  const from = 'from the given PriorityClass name';
  if (spec.priority !== undefined && spec.priority !== computed.value) {
    const why = 'must not be provided in pod spec; priority admission controller computed';
    throw refuse(
      `the integer value of priority (${spec.priority}) ${why} ${computed.value} ${from}`,
    );
  }
  const { policy } = computed;
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    const why = 'must not be provided in pod spec; priority admission controller computed';
    throw refuse(
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) ${why} ${policy} ${from}`,
    );
  }
  if (name !== '') spec.priorityClassName = name;
  spec.priority = computed.value;
  if (policy !== undefined) spec.preemptionPolicy = policy;
}
