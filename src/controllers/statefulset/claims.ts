// The PersistentVolumeClaims of a StatefulSet's Pods: made from the templates, and owned as the retention policy says.
// They are objects only: nothing binds them, and Pods start without. Modelled after
// pkg/controller/statefulset/stateful_pod_control.go.
import type { Kinds, Pod, StatefulSet } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { recordClaim } from './events.ts';
import { claimName, ordinalOf } from './identity.ts';
import { hasOtherController, isStale, isUpToDate, policyOf, wantedRefs } from './retention.ts';

type Claim = Kinds['PersistentVolumeClaim'];

/** getPersistentVolumeClaims, in the order of the templates (upstream's order is a Go map's). */
export function claimsFor(set: StatefulSet, pod: Pod): readonly Claim[] {
  const namespace = set.metadata.namespace ?? 'default';
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }) => {
    const labels = { ...metadata?.labels, ...set.spec.selector.matchLabels };
    const name = claimName(metadata?.name ?? '', set, ordinalOf(pod));
    const { annotations } = metadata ?? {};
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace, labels, ...(annotations === undefined ? {} : { annotations }) },
      spec: { volumeMode: 'Filesystem', ...spec },
      status: { phase: 'Pending' },
    };
  });
}

/** Makes the claims that are missing; the text of what is in the way, if something is. */
export function createClaims(
  set: StatefulSet,
  pod: Pod,
  context: ControllerContext,
): string | undefined {
  const { client } = context;
  const errors: string[] = [];
  for (const claim of claimsFor(set, pod)) {
    const { name } = claim.metadata;
    const found = client.get('PersistentVolumeClaim', keyOf(claim));
    if (found === undefined) {
      client.create(claim);
      recordClaim(set, pod, name, context);
    } else if (found.metadata.deletionTimestamp !== undefined) {
      errors.push(`pvc ${name} is being deleted`);
    }
  }
  if (errors.length === 0) return undefined;
  return errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`;
}

/** A claim that belongs to an earlier Pod of this name: it is on its way out, so the new Pod waits. */
export function hasStaleClaim(set: StatefulSet, pod: Pod, context: ControllerContext): boolean {
  if (!policyOf(set).scaled) return false;
  return stored(set, pod, context).some((claim) => isStale(claim, pod));
}

export function claimsUpToDate(set: StatefulSet, pod: Pod, context: ControllerContext): boolean {
  return stored(set, pod, context).every((claim) => isUpToDate(claim, set, pod));
}

/** Gives the Pod's claims the owners that the policy asks for. */
export function updateClaims(set: StatefulSet, pod: Pod, context: ControllerContext): void {
  const { client } = context;
  for (const claim of stored(set, pod, context)) {
    if (hasOtherController(claim, set, pod)) {
      const text =
        `PersistentVolumeClaim ${claim.metadata.name} has a conflicting OwnerReference that ` +
        'acts as a manging controller, the retention policy is ignored for this claim';
      client.event(set, 'Warning', 'ConflictingController', text);
    }
    if (isUpToDate(claim, set, pod)) continue;
    const { ownerReferences: _, ...rest } = claim.metadata;
    const refs = wantedRefs(claim, set, pod);
    const metadata = refs.length === 0 ? rest : { ...rest, ownerReferences: refs };
    client.update({ ...claim, metadata });
  }
}

function stored(set: StatefulSet, pod: Pod, { client }: ControllerContext): readonly Claim[] {
  return claimsFor(set, pod).flatMap(
    (one) => client.get('PersistentVolumeClaim', keyOf(one)) ?? [],
  );
}
