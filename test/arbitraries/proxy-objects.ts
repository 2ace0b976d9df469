// Services and EndpointSlices as kube-proxy's tests write them down: short, with upstream's test
// constants (cluster CIDR 10.0.0.0/8, node 192.168.0.2 "testhost"). Not defaulted as the API server
// would: kube-proxy does not need it.
import type {
  AnyObject,
  Endpoint,
  EndpointSlice,
  Service,
  ServicePort,
  WatchEvent,
} from '../../src/api/types.ts';
import { addr } from '../../src/net/addr.ts';
import { cidr } from '../../src/net/cidr.ts';
import { defaultProxyConfig, type ProxyConfig, type ProxyNode } from '../../src/proxy/config.ts';
import { emptySnapshot, type ProxySnapshot, withEvent } from '../../src/proxy/snapshot.ts';

export const testConfig: ProxyConfig = {
  ...defaultProxyConfig,
  clusterCIDRs: [cidr('10.0.0.0/8'), cidr('fd00:10::/64')],
  randomFully: false,
};

export const testNode: ProxyNode = {
  name: 'testhost',
  addresses: [addr('192.168.0.2'), addr('2001:db8::1')],
  labels: {},
  podCIDRs: [],
};

type Spec = Partial<NonNullable<Service['spec']>>;

/** "ns1/svc1"; one TCP port "p80" unless the spec says otherwise. */
export function service(
  key: string,
  spec: Spec,
  more: {
    readonly loadBalancer?: readonly string[];
    readonly labels?: Record<string, string>;
  } = {},
): Service {
  const [namespace = '', name = ''] = key.split('/');
  const ports: readonly ServicePort[] = [{ name: 'p80', port: 80, protocol: 'TCP' }];
  const ingress = (more.loadBalancer ?? []).map((ip) => ({ ip }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name, ...(more.labels ? { labels: more.labels } : {}) },
    spec: { type: 'ClusterIP', ports, ...spec },
    ...(ingress.length > 0 ? { status: { loadBalancer: { ingress } } } : {}),
  };
}

/** "10.180.0.1", or with what else the endpoint says. */
export type EndpointText = string | (Partial<Endpoint> & { readonly ip: string });

export function slice(
  key: string,
  endpoints: readonly EndpointText[],
  more: {
    readonly name?: string;
    readonly ports?: EndpointSlice['ports'];
    readonly addressType?: string;
  } = {},
): EndpointSlice {
  const [namespace = '', name = ''] = key.split('/');
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace,
      name: more.name ?? `${name}-1`,
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType: more.addressType ?? 'IPv4',
    ports: more.ports ?? [{ name: 'p80', port: 80, protocol: 'TCP' }],
    endpoints: endpoints.map((endpoint) => {
      if (typeof endpoint === 'string') return { addresses: [endpoint] };
      const { ip, ...rest } = endpoint;
      return { addresses: [ip], ...rest };
    }),
  };
}

export function added(object: Service | EndpointSlice): WatchEvent {
  const { namespace, name } = object.metadata;
  return {
    type: 'ADDED',
    kind: object.kind,
    key: `${namespace}/${name}`,
    object: object as unknown as AnyObject,
    previous: undefined,
  };
}

export function modified(
  previous: Service | EndpointSlice,
  object: Service | EndpointSlice,
): WatchEvent {
  return { ...added(object), type: 'MODIFIED', previous: previous as unknown as AnyObject };
}

export function deleted(object: Service | EndpointSlice): WatchEvent {
  const last = object as unknown as AnyObject;
  return { ...added(object), type: 'DELETED', previous: last };
}

/** The snapshot after adding the objects in this order. */
export function snapshotOf(...objects: readonly (Service | EndpointSlice)[]): ProxySnapshot {
  return objects.reduce((snapshot, object) => withEvent(snapshot, added(object)), emptySnapshot());
}
