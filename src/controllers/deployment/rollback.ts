// The rollback that older API versions asked for by spec.rollbackTo, which apps/v1 keeps as an annotation. `kubectl
// rollout undo` does not need it: it patches the template. pkg/controller/deployment/rollback.go.
import type { Deployment, ObjectMeta, PodTemplateSpec, ReplicaSet } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';
import { copied, revisionOf, rollbackKey } from './annotations.ts';
import { newReplicaSet } from './new-set.ts';
import { equalTemplate, hashLabel, oldReplicaSets } from './revisions.ts';

type Sets = readonly ReplicaSet[];

/** The revision that is asked for: 0 is the last one; undefined: none is. */
export function rollbackTo({ metadata }: Deployment): number | undefined {
  const text = metadata.annotations?.[rollbackKey] ?? '';
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** Puts the template of the asked revision back, and takes the annotation away in any case. */
export function rollBack(found: Deployment, sets: Sets, context: ControllerContext): void {
  const { client } = context;
  const fresh = newReplicaSet(found, sets, context);
  const old = oldReplicaSets(found, sets);
  const all = [...old, fresh];
  const asked = rollbackTo(found) ?? 0;
  const revision = asked === 0 ? lastRevision(all) : asked;
  const target = all.find((set) => revisionOf(set) === revision);
  const { name } = found.metadata;
  if (revision === 0 || target === undefined) {
    const what = revision === 0 ? 'last revision.' : 'the revision to rollback to.';
    client.event(found, 'Warning', 'DeploymentRollbackRevisionNotFound', `Unable to find ${what}`);
    store(found, {}, context);
  } else if (equalTemplate(target.spec.template, found.spec.template)) {
    const text = `The rollback revision contains the same template as current deployment "${name}"`;
    client.event(found, 'Warning', 'DeploymentRollbackTemplateUnchanged', text);
    store(found, {}, context);
  } else {
    store(found, { from: target }, context);
    const text = `Rolled back deployment "${name}" to revision ${revision}`;
    client.event(found, 'Normal', 'DeploymentRollback', text);
  }
}

/** The second highest revision. */
function lastRevision(sets: Sets): number {
  return sets.map(revisionOf).sort((a, b) => b - a)[1] ?? 0;
}

function store(
  found: Deployment,
  { from }: { readonly from?: ReplicaSet },
  { client }: ControllerContext,
): void {
  const current = client.get('Deployment', `${found.metadata.namespace}/${found.metadata.name}`);
  if (current === undefined) return;
  const own =
    from === undefined
      ? current.metadata.annotations
      : { ...copied(current.metadata.annotations, true), ...copied(from.metadata.annotations) };
  const { [rollbackKey]: _, ...annotations } = own ?? {};
  const metadata: ObjectMeta = { ...current.metadata, annotations };
  const template = from === undefined ? current.spec.template : withoutHash(from.spec.template);
  client.update({ ...current, metadata, spec: { ...current.spec, template } });
}

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { name: '', ...template?.metadata, labels } };
}
