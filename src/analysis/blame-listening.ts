// Why the machine that refused is believed to listen on nothing else: a program's ports are read from manifests, where
// they are only documentation, so a refusal may be an assumption. Says so, and what would tell otherwise.
import type { Container, Pod } from '../api/types.ts';
import type { Attempt, Cluster } from '../cluster/cluster.ts';
import { formatAddr } from '../net/addr.ts';
import { protoName } from '../net/packet.ts';

/** "pod/demo/web listens on 80", and on what that rests; empty when the trace does not tell who refused. */
export function listeningDetails(cluster: Cluster, attempt: Attempt): readonly string[] {
  const note = attempt.dial?.trace
    .steps()
    .findLast((step) => step.kind === 'note' && step.effect === 'closed');
  if (note?.kind !== 'note') return [];
  const ports = /the machine listens on (.*)$/.exec(note.detail)?.[1];
  const listens = ports === undefined ? [] : [`${note.at} listens on ${ports}`];
  const assumed = note.at.startsWith('host/')
    ? 'what a host listens on is said by hosts[].listen of the Cluster document'
    : assumption(cluster, attempt, note);
  return assumed === null ? listens : [...listens, assumed];
}

/** Null: the port is told outright, or it is declared and its program is not there. */
function assumption(
  cluster: Cluster,
  { dial, proto }: Attempt,
  { at, detail }: { readonly at: string; readonly detail: string },
): string | null {
  const to = dial?.destination ?? dial?.dialled;
  const pod = to === undefined ? undefined : podAt(cluster, at, formatAddr(to.addr));
  // Of a connection that kube-proxy opened of its own, too.
  const port = /^nobody listens on port (\d+)/.exec(detail)?.[1];
  if (port === undefined || pod === undefined || isTold(pod)) return null;
  const wanted = portOf(Number(port), protoName(proto).toUpperCase());
  const declared = pod.spec.containers.map(declaredBy);
  if (declared.flat().includes(wanted)) return null;
  const all = declared.some((ports) => ports.length > 0);
  const from = all
    ? 'it is assumed to listen on its declared ports alone'
    : 'it declares no port, and is assumed to listen on what Services and probes aim at';
  // The server is the container that declares ports, else the first one.
  const i = all ? declared.findIndex((ports) => ports.length > 0) : 0;
  const name =
    i === 0 ? 'svcspec.dev/listen' : `svcspec.dev/listen.${pod.spec.containers[i]?.name}`;
  const value = [...(declared[i] ?? []), wanted].join(',');
  return `${from}: if its program listens on ${wanted} too, annotate the Pod (or its template) with ${name}: "${value}"`;
}

/** The Pod of that machine; of those on their node's network the only one that has the address. */
function podAt(cluster: Cluster, at: string, addr: string): Pod | undefined {
  if (at.startsWith('pod/')) return cluster.objects.get('Pod', at.slice('pod/'.length));
  const there = cluster.objects
    .list('Pod')
    .filter(({ status }) => status?.podIPs?.some(({ ip }) => ip === addr));
  return there.length === 1 ? there[0] : undefined;
}

/** Whether an annotation says what it listens on: then it is no assumption. */
function isTold({ metadata }: Pod): boolean {
  return Object.keys(metadata.annotations ?? {}).some((key) =>
    /^svcspec\.dev\/listen(?:\.|$)/.test(key),
  );
}

/** Its declared ports as the annotation would name them: "80", "53/UDP". */
function declaredBy({ ports = [] }: Container): readonly string[] {
  return ports.map(({ containerPort, protocol = 'TCP' }) => portOf(containerPort, protocol));
}

function portOf(port: number, protocol: string): string {
  return protocol === 'TCP' ? String(port) : `${port}/${protocol}`;
}
