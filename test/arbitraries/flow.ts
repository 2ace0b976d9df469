// Random flows over a random cluster picture: who dials which frontend of which Service, from which source port. Only
// combinations that can be dialled: hosts outside know no Pod network and no cluster names, nodes do not ask CoreDNS.
import fc from 'fast-check';
import {
  clientIP,
  clusterIP,
  endpointsOf,
  externalIP,
  hostIPs,
  nodeIP,
  nodeName,
  nodePort,
  type Picture,
  serviceName,
  targetPort,
} from './cluster-picture.ts';

export type Client =
  | { readonly kind: 'pod'; readonly machine: string; readonly ip: string; readonly node: number }
  | { readonly kind: 'node'; readonly machine: string; readonly ip: string; readonly node: number }
  | { readonly kind: 'host'; readonly machine: string; readonly ip: string };

export type Frontend =
  | { readonly kind: 'cluster-ip' }
  | { readonly kind: 'name' }
  | { readonly kind: 'external-ip' }
  | { readonly kind: 'node-port'; readonly node: number }
  /** 127.0.0.1 and the node port, from the node itself. */
  | { readonly kind: 'localhost' }
  /** Past the Service: one endpoint's own address. */
  | { readonly kind: 'endpoint'; readonly endpoint: number };

export interface Flow {
  readonly client: Client;
  readonly frontend: Frontend;
  readonly service: number;
  readonly port: number;
  /** Few different ones, so that flows clash; null: the machine's next. */
  readonly sourcePort: number | null;
}

function clientsOf(picture: Picture): readonly Client[] {
  const nodes = Array.from({ length: picture.nodes }, (_, i) => i + 1);
  const pods = picture.services.flatMap((_, s) =>
    endpointsOf(picture, s).flatMap(({ machine, ip, node }) =>
      node === null ? [] : [{ kind: 'pod' as const, machine, ip, node }],
    ),
  );
  const ip = { pod: clientIP, node: nodeIP };
  return [
    ...nodes.map((n) => ({
      kind: 'pod' as const,
      machine: `pod/demo/c${n}`,
      ip: ip.pod(n),
      node: n,
    })),
    ...nodes.map((n) => ({
      kind: 'node' as const,
      machine: `node/${nodeName(n)}`,
      ip: ip.node(n),
      node: n,
    })),
    ...pods,
    ...Object.entries(hostIPs).map(([name, address]) => ({
      kind: 'host' as const,
      machine: `host/${name}`,
      ip: address,
    })),
  ];
}

function frontendsOf(picture: Picture, s: number, client: Client): readonly Frontend[] {
  const service = picture.services[s];
  if (service === undefined) return [];
  const inside = client.kind !== 'host';
  const routed = inside || client.ip === hostIPs.routed;
  const found: Frontend[] = [];
  if (client.kind === 'pod') found.push({ kind: 'name' });
  if (service.type !== 'headless' && routed) found.push({ kind: 'cluster-ip' });
  if (service.hasExternalIP && routed) found.push({ kind: 'external-ip' });
  if (service.type === 'NodePort') {
    for (let node = 1; node <= picture.nodes; node++) found.push({ kind: 'node-port', node });
    if (client.kind === 'node') found.push({ kind: 'localhost' });
  }
  if (inside) {
    endpointsOf(picture, s).forEach((_, endpoint) => {
      found.push({ kind: 'endpoint', endpoint });
    });
  }
  return found;
}

/** Every flow of the picture, without source ports. */
export function flowsOf(picture: Picture): readonly Omit<Flow, 'sourcePort'>[] {
  return picture.services.flatMap(({ ports }, service) =>
    ports.flatMap((_, port) =>
      clientsOf(picture).flatMap((client) =>
        frontendsOf(picture, service, client).map((frontend) => ({
          client,
          frontend,
          service,
          port,
        })),
      ),
    ),
  );
}

export function anyFlows(picture: Picture, flowsMax: number): fc.Arbitrary<readonly Flow[]> {
  const all = flowsOf(picture);
  if (all.length === 0) return fc.constant([]);
  const flow = fc
    .tuple(fc.constantFrom(...all), fc.constantFrom(null, 40_000, 40_001))
    .map(([one, sourcePort]): Flow => ({ ...one, sourcePort }));
  return fc.array(flow, { minLength: 1, maxLength: flowsMax });
}

/** "10.96.1.10:80", as connect takes it. */
export function targetOf(picture: Picture, flow: Flow): string {
  const { frontend, service, port } = flow;
  const number = picture.services[service]?.ports[port]?.port ?? 0;
  switch (frontend.kind) {
    case 'cluster-ip':
      return `${clusterIP(service)}:${number}`;
    case 'name': {
      // A headless name leads to the Pods themselves: one dials what they listen on.
      const headless = picture.services[service]?.type === 'headless';
      const dialled = headless ? targetPort(picture, service, port, 0) : number;
      return `${serviceName(service)}:${dialled}`;
    }
    case 'external-ip':
      return `${externalIP(service)}:${number}`;
    case 'node-port':
      return `${nodeIP(frontend.node)}:${nodePort(service, port)}`;
    case 'localhost':
      return `127.0.0.1:${nodePort(service, port)}`;
    case 'endpoint': {
      const ip = endpointsOf(picture, service)[frontend.endpoint]?.ip ?? '';
      return `${ip}:${targetPort(picture, service, port, frontend.endpoint)}`;
    }
  }
}
