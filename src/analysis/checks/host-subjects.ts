// From which Pods the audit of host names asks: one running Pod of each template; for a template of which none runs (a
// CronJob, a Job that is done, no replicas) a Pod of it is started on a fork of the cluster.
import type { AnyObject, Pod, PodTemplateSpec } from '../../api/types.ts';
import { keyOf } from '../../api/types.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { type CheckInput, objectName } from './check.ts';
import type { Subject } from './host-settings.ts';

export interface Subjects {
  readonly asked: readonly Subject[];
  /** Templates of which no Pod could run. */
  readonly silent: readonly { readonly owner: string; readonly phase: string }[];
}

export function subjectsOf(cluster: Cluster, input: CheckInput): Subjects {
  const running = runningOf(cluster);
  const known = new Set(running.map(({ owner }) => owner));
  const started = input.manifests.flatMap((manifest) => {
    const owner = objectName(manifest);
    const found = templateOf(manifest.object);
    if (found === null || known.has(owner)) return [];
    return startOf(cluster, owner, manifest.object, found);
  });
  return {
    asked: [...running, ...started.flatMap((one) => ('pod' in one ? [one] : []))],
    silent: started.flatMap((one) => ('pod' in one ? [] : [one])),
  };
}

/** One running Pod of each template: its siblings are configured alike. */
function runningOf(cluster: Cluster): readonly Subject[] {
  const seen = new Set<string>();
  return cluster.objects.list('Pod').flatMap((pod) => {
    const owner = ownerOf(cluster, pod);
    if (seen.has(owner) || pod.status?.phase !== 'Running') return [];
    const object = `Pod/${keyOf(pod)}`;
    if (cluster.locate(object, 'spec') === null) return [];
    seen.add(owner);
    return [{ cluster, pod, owner, object, prefix: '' }];
  });
}

/** The workload that a Pod stands for: "Deployment/demo/web". */
function ownerOf(cluster: Cluster, pod: Pod): string {
  const namespace = pod.metadata.namespace ?? 'default';
  let own: AnyObject | undefined;
  let name = `Pod/${keyOf(pod)}`;
  let refs = pod.metadata.ownerReferences;
  for (;;) {
    const above = refs?.find(({ controller }) => controller === true);
    if (above === undefined) return name;
    name = `${above.kind}/${namespace}/${above.name}`;
    own = cluster.objects.raw(above.kind, `${namespace}/${above.name}`);
    refs = own?.metadata.ownerReferences;
  }
}

interface Template {
  readonly template: PodTemplateSpec;
  /** Path of the template. */
  readonly path: string;
}

interface Templated {
  readonly template?: PodTemplateSpec;
  readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } };
}

const workloads = new Set([
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController'],
  ...['Job', 'CronJob', 'Pod'],
]);

function templateOf(object: AnyObject): Template | null {
  if (!workloads.has(object.kind)) return null;
  if (object.kind === 'Pod') return { template: object as unknown as Pod, path: '' };
  const { template, jobTemplate } = (object['spec'] ?? {}) as Templated;
  if (template !== undefined) return { template, path: 'spec.template.' };
  const own = jobTemplate?.spec?.template;
  return own === undefined ? null : { template: own, path: 'spec.jobTemplate.spec.template.' };
}

/** A Pod of the template, started on a fork. Its labels are the template's, for policies select by them. */
function startOf(
  cluster: Cluster,
  owner: string,
  object: AnyObject,
  { template, path }: Template,
): readonly (Subject | Subjects['silent'][number])[] {
  const namespace = object.metadata.namespace ?? 'default';
  const name = `${object.metadata.name}-check`.slice(-63).replace(/^[-.]+/, '');
  const { labels, annotations } = template.metadata ?? {};
  const metadata = { name, namespace, labels: labels ?? {}, annotations: annotations ?? {} };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec } as AnyObject;
  const fork = cluster.fork();
  try {
    fork.apply([{ object: pod, source: nowhere }]);
  } catch {
    return [{ owner, phase: 'refused by the API server' }];
  }
  const made = fork.objects.get('Pod', `${namespace}/${name}`);
  const phase = made?.status?.phase ?? 'unknown';
  if (made === undefined || phase !== 'Running') return [{ owner, phase }];
  return [{ cluster: fork, pod: made, owner, object: owner, prefix: path }];
}

const nowhere = { file: '', at: () => null, line: () => '' };
