// What a container listens on: its annotation, else its declared ports, else every target port and probe port aimed
// at it (a declared port is only documentation in Kubernetes, so an undeclared one must not mean "closed").
import type { Container, Pod, Probe, Service } from '../api/types.ts';
import { matchesLabels } from '../api/types.ts';
import { parseAddr } from '../net/addr.ts';
import { parseHttpUrl } from '../net/http-url.ts';
import { type Proto, parseProto, TCP } from '../net/packet.ts';
import { annotationOf, listenForm } from './annotations.ts';
import { resolverOfImage } from './image.ts';
import type { Listener, ResolverKind } from './runtime.ts';

/** Whether the container's listeners depend on the Services of its namespace. */
export function assumes(pod: Pod, container: Container): boolean {
  if (annotationOf(pod, 'listen', container.name) !== undefined) return false;
  if ((container.ports ?? []).length > 0) return false;
  // Among several containers the one that declares ports is the server.
  return pod.spec.containers.every((other) => (other.ports ?? []).length === 0);
}

/** What its server answers: svcspec.dev/reply, else the pod's name. */
export function replyOf(pod: Pod, container: Container): string {
  return annotationOf(pod, 'reply', container.name) ?? pod.metadata.name;
}

/** The URL its server passes requests on to: svcspec.dev/proxy-to, where that can be read. */
export function proxyToOf(pod: Pod, container: Container): string | undefined {
  const text = annotationOf(pod, 'proxy-to', container.name);
  return text === undefined || parseHttpUrl(text) === undefined ? undefined : text;
}

/** The sockets of one container. `services`: those of the pod's namespace. */
export function listenersOf(
  pod: Pod,
  container: Container,
  services: readonly Service[],
): readonly Listener[] {
  const text = annotationOf(pod, 'listen', container.name);
  if (text !== undefined) return text.split(',').flatMap(parseListener);
  if (!assumes(pod, container)) {
    return unique(
      (container.ports ?? []).map((port) => ({
        proto: protoOf(port.protocol),
        addr: null,
        port: port.containerPort,
        assumed: false,
      })),
    );
  }
  return unique([...probed(container), ...(isFirst(pod, container) ? aimedAt(pod, services) : [])]);
}

function isFirst(pod: Pod, container: Container): boolean {
  return pod.spec.containers[0]?.name === container.name;
}

function parseListener(part: string): readonly Listener[] {
  const m = listenForm.exec(part.trim());
  if (m === null) return [];
  const host = m[1]?.replace(/^\[|\]$/g, '');
  const addr = host === undefined ? null : (parseAddr(host) ?? null);
  return [{ proto: protoOf(m[3]), addr, port: Number(m[2]), assumed: false }];
}

function protoOf(text: string | undefined): Proto {
  return parseProto(text ?? 'TCP') ?? TCP;
}

/** Numeric target ports of the Services that select the pod; a name leads nowhere without a declared port. */
function aimedAt(pod: Pod, services: readonly Service[]): readonly Listener[] {
  return services.flatMap((service) => {
    const { selector, ports = [], type } = service.spec;
    if (selector === undefined || type === 'ExternalName') return [];
    if (!matchesLabels(selector, pod.metadata.labels)) return [];
    return ports.flatMap((port) => {
      const target = port.targetPort ?? port.port;
      if (typeof target !== 'number') return [];
      return [{ proto: protoOf(port.protocol), addr: null, port: target, assumed: true }];
    });
  });
}

function probed(container: Container): readonly Listener[] {
  const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
  return probes.flatMap((probe) => {
    const port = probe === undefined ? undefined : probePort(probe);
    return typeof port === 'number' ? [{ proto: TCP, addr: null, port, assumed: true }] : [];
  });
}

function probePort(probe: Probe): number | string | undefined {
  return probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
}

function unique(listeners: readonly Listener[]): readonly Listener[] {
  const seen = new Map<string, Listener>();
  for (const one of listeners) seen.set(`${one.proto}/${one.addr}/${one.port}`, one);
  return [...seen.values()];
}

/** svcspec.dev/resolver, or what the image's name tells. */
export function resolverOf(pod: Pod, container: Container): ResolverKind {
  const text = annotationOf(pod, 'resolver', container.name);
  switch (text) {
    case 'glibc':
    case 'musl':
    case 'busybox-1.28':
    case 'go':
      return text;
    default:
      return resolverOfImage(container.image ?? '');
  }
}
