// Who owns the claims of a StatefulSet, so that garbage collection deletes them when the retention policy says so: the
// set, the Pod that was scaled away, or nobody. Modelled after pkg/controller/statefulset/stateful_set_utils.go.
import type { ObjectMeta, OwnerReference, Pod, StatefulSet } from '../../api/types.ts';
import { controllerRef } from '../pods.ts';
import { inRange, ordinalOf } from './identity.ts';

interface Claim {
  readonly metadata: ObjectMeta;
}
interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

interface Policy {
  /** Deleted with the set. */
  readonly deleted: boolean;
  /** Deleted with a Pod that is scaled away. */
  readonly scaled: boolean;
}

export function policyOf(set: StatefulSet): Policy {
  const policy = set.spec.persistentVolumeClaimRetentionPolicy;
  return {
    deleted: policy?.whenDeleted === 'Delete',
    scaled: policy?.whenScaled === 'Delete',
  };
}

const refsOf = ({ metadata }: Claim) => metadata.ownerReferences ?? [];

function refersTo(ref: OwnerReference, { apiVersion, kind, metadata }: Owner): boolean {
  return ref.apiVersion === apiVersion && ref.kind === kind && ref.name === metadata.name;
}

function isOwner(ref: OwnerReference, owner: Owner): boolean {
  return ref.uid === owner.metadata.uid;
}

/** A reference to the owner's name that is about an earlier object of that name. */
export function isStale(claim: Claim, owner: Owner): boolean {
  const ref = refsOf(claim).find((one) => refersTo(one, owner));
  return ref !== undefined && !isOwner(ref, owner);
}

/** Somebody else controls the claim, which only matters to a policy that deletes. */
export function hasOtherController(claim: Claim, set: StatefulSet, pod: Pod): boolean {
  const policy = policyOf(set);
  if (!policy.deleted && !policy.scaled) return false;
  return refsOf(claim).some((ref) => {
    const owner = [set, pod].find((one) => refersTo(ref, one));
    return owner === undefined ? ref.controller === true : !isOwner(ref, owner);
  });
}

/** Who is to own a claim: the set, the Pod, or nobody. */
function ownersFor(set: StatefulSet, pod: Pod): { readonly set: boolean; readonly pod: boolean } {
  const { deleted, scaled } = policyOf(set);
  const scaledAway = !inRange(set, ordinalOf(pod));
  return { set: deleted && !(scaled && scaledAway), pod: scaled && scaledAway };
}

/** isClaimOwnerUpToDate: claims with references to earlier objects are left alone. */
export function isUpToDate(claim: Claim, set: StatefulSet, pod: Pod): boolean {
  if (isStale(claim, set) || isStale(claim, pod)) return true;
  const refs = refsOf(claim);
  const has = (owner: Owner) => refs.some((ref) => isOwner(ref, owner));
  if (hasOtherController(claim, set, pod)) return !has(set) && !has(pod);
  const own = refs.filter((ref) => isOwner(ref, set) || isOwner(ref, pod));
  if (own.some((ref) => ref.controller !== true)) return false;
  const wanted = ownersFor(set, pod);
  return has(set) === wanted.set && has(pod) === wanted.pod;
}

/** updateClaimOwnerRefForSetAndPod: the references that the claim is to have. */
export function wantedRefs(claim: Claim, set: StatefulSet, pod: Pod): readonly OwnerReference[] {
  const others = refsOf(claim).filter((ref) => !refersTo(ref, set) && !refersTo(ref, pod));
  if (hasOtherController(claim, set, pod)) return others;
  const wanted = ownersFor(set, pod);
  return [
    ...others,
    ...(wanted.pod ? [controllerRef(pod)] : []),
    ...(wanted.set ? [controllerRef(set)] : []),
  ];
}
