// The revisions of Deployments (their ReplicaSets) and of StatefulSets and DaemonSets (ControllerRevisions), for
// `rollout history` and `rollout undo`. Models kubectl/pkg/polymorphichelpers/{history,rollback}.go.
import type { AnyObject, PodTemplateSpec } from '../../api/types.ts';
import { isRecord } from '../../api/values.ts';
import type { Info } from './builder.ts';
import { templateLines } from './describe/pod.ts';
import { DescribeWriter } from './describe/writer.ts';
import { podSelectorOf } from './pods.ts';
import type { Call } from './verb.ts';

export interface Revision {
  readonly number: number;
  /** The ReplicaSet or ControllerRevision. */
  readonly object: AnyObject;
  readonly template: PodTemplateSpec;
}

const revisionKey = 'deployment.kubernetes.io/revision';
const causeKey = 'kubernetes.io/change-cause';

export const withHistory: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** Oldest first. */
export function revisionsOf(call: Call, info: Info): readonly Revision[] {
  const isDeployment = info.row.kind === 'Deployment';
  const row = call.names.row(isDeployment ? 'replicasets.apps' : 'controllerrevisions.apps');
  const { items } = call.host.requests.list(row, {
    ...(info.namespace === undefined ? {} : { namespace: info.namespace }),
    labelSelector: podSelectorOf(info.object),
  });
  return items
    .filter((item) => isControlled(item, info.object))
    .flatMap((item) => (isDeployment ? ofReplicaSet(item) : ofRevision(item)))
    .sort((a, b) => a.number - b.number);
}

function isControlled({ metadata }: AnyObject, owner: AnyObject): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => controller === true && uid === owner.metadata.uid,
  );
}

function ofReplicaSet(object: AnyObject): readonly Revision[] {
  const number = Number(object.metadata.annotations?.[revisionKey] ?? Number.NaN);
  const spec = object['spec'] as { readonly template: PodTemplateSpec };
  return Number.isNaN(number) ? [] : [{ number, object, template: spec.template }];
}

function ofRevision(object: AnyObject): readonly Revision[] {
  const data = isRecord(object['data']) ? object['data'] : {};
  const spec = isRecord(data['spec']) ? data['spec'] : {};
  const template = (isRecord(spec['template']) ? spec['template'] : {}) as Record<string, unknown>;
  const { $patch: _, ...rest } = template;
  return [{ number: Number(object['revision']), object, template: rest as PodTemplateSpec }];
}

/** kubernetes.io/change-cause; "" without one. */
export function causeOf({ object }: Revision): string {
  return object.metadata.annotations?.[causeKey] ?? '';
}

/** "Pod Template: ..." as `describe` prints it, with tabs that nothing aligns. */
export function templateText(call: Call, { object, template }: Revision): string {
  const cause = object.kind === 'ReplicaSet' ? object.metadata.annotations?.[causeKey] : undefined;
  const annotations = {
    ...template.metadata?.annotations,
    ...(cause ? { [causeKey]: cause } : {}),
  };
  const metadata = { name: '', ...template.metadata, annotations };
  const shown = { ...template, metadata };
  const writer = new DescribeWriter();
  templateLines(writer, shown, call.host.minor);
  return writer.unaligned();
}
