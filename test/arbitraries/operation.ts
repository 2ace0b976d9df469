// Random things that are done to a cluster of a picture, and their doing. What the cluster refuses is part of the
// answer: doing the same twice must be refused twice.
import fc from 'fast-check';
import { attemptDocument } from '../../src/analysis/trace-document.ts';
import { ApiError } from '../../src/api/error.ts';
import { InputError } from '../../src/api/input-error.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { TCP, UDP } from '../../src/net/packet.ts';
import { documentsOf, endpointsOf, loaded, type Picture, serviceName } from './cluster-picture.ts';
import { anyFlows, type Flow, targetOf } from './flow.ts';

export type Operation =
  | { readonly kind: 'connect'; readonly flow: Flow }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'delete'; readonly of: string; readonly key: string }
  | { readonly kind: 'scale'; readonly key: string; readonly replicas: number }
  | {
      readonly kind: 'happen';
      readonly key: string;
      readonly event: 'stops being ready' | 'crashes';
    }
  | { readonly kind: 'set'; readonly key: string; readonly port: number }
  | { readonly kind: 'resolve'; readonly name: string }
  /** Everything of the picture is applied again. */
  | { readonly kind: 'apply' };

function objectsOf(picture: Picture) {
  const services = picture.services.map((_, s) => `demo/${serviceName(s)}`);
  const pods = picture.services.flatMap((_, s) =>
    endpointsOf(picture, s).flatMap(({ machine }) =>
      machine.startsWith('pod/') ? [machine.slice('pod/'.length)] : [],
    ),
  );
  const deployments = picture.services.flatMap(({ backends }, s) =>
    (backends ?? []).flatMap(({ workload }, b) =>
      workload === 'deployment' ? [`demo/${serviceName(s)}-${b}`] : [],
    ),
  );
  return { services, pods, deployments };
}

export function anyOperations(picture: Picture, max: number): fc.Arbitrary<readonly Operation[]> {
  const { services, pods, deployments } = objectsOf(picture);
  const kinds: fc.Arbitrary<Operation>[] = [
    anyFlows(picture, 1)
      .filter((flows) => flows.length === 1)
      .map(([flow]) => ({ kind: 'connect', flow: flow as Flow })),
    fc.constantFrom(1, 1000, 15_000).map((ms) => ({ kind: 'advance', ms })),
    fc.constantFrom(...services).map((key) => ({ kind: 'delete', of: 'Service', key })),
    fc.record({
      kind: fc.constant('set' as const),
      key: fc.constantFrom(...services),
      port: fc.constantFrom(80, 8888),
    }),
    fc.constantFrom(...services).map((key) => ({ kind: 'resolve', name: key.slice(5) })),
    fc.constant({ kind: 'apply' }),
  ];
  if (pods.length > 0) {
    kinds.push(
      fc.constantFrom(...pods).map((key) => ({ kind: 'delete', of: 'Pod', key })),
      fc.record({
        kind: fc.constant('happen' as const),
        key: fc.constantFrom(...pods),
        event: fc.constantFrom('stops being ready', 'crashes'),
      }),
    );
  }
  if (deployments.length > 0) {
    kinds.push(
      fc.record({
        kind: fc.constant('scale' as const),
        key: fc.constantFrom(...deployments),
        replicas: fc.nat(3),
      }),
    );
  }
  return fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: max });
}

/** Does it; what came of it as text. */
export function operate(cluster: Cluster, picture: Picture, operation: Operation): string {
  try {
    return answer(cluster, picture, operation);
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof InputError)) throw error;
    return `refused: ${error.message}`;
  }
}

function answer(cluster: Cluster, picture: Picture, operation: Operation): string {
  switch (operation.kind) {
    case 'connect': {
      const { client, service, port, sourcePort } = operation.flow;
      const isUDP = picture.services[service]?.ports[port]?.protocol === 'UDP';
      const attempt = cluster.connect(client.machine, targetOf(picture, operation.flow), {
        proto: isUDP ? UDP : TCP,
        ...(sourcePort === null ? {} : { sourcePort }),
      });
      return JSON.stringify(attemptDocument(cluster, attempt));
    }
    case 'advance':
      cluster.advance(operation.ms);
      return `${cluster.nowMs}`;
    case 'delete':
      cluster.delete(operation.of, operation.key);
      return 'deleted';
    case 'scale':
      cluster.scale('Deployment', operation.key, operation.replicas);
      return 'scaled';
    case 'happen':
      cluster.happen('Pod', operation.key, operation.event);
      return 'happened';
    case 'set':
      cluster.set('Service', operation.key, 'spec.ports[0].port', operation.port);
      return 'set';
    case 'resolve':
      return JSON.stringify(cluster.resolve('pod/demo/c1', operation.name));
    case 'apply':
      return cluster.apply(loaded(documentsOf(picture)).manifests).join('\n');
  }
}
