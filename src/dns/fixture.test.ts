// What the tests of this room share: a store of objects with stable lists, a server over a Corefile, and a way to ask
// it a question as text.
import type { AnyObject, Kind, Kinds, Lister } from '../api/types.ts';
import { addr } from '../net/addr.ts';
import { type Proto, TCP, UDP } from '../net/packet.ts';
import type { ExchangeResult } from '../node/program.ts';
import { replayed } from '../sim/choices.ts';
import type { CoreDnsVersion } from './kubeadm/version.ts';
import { decode } from './message/decode.ts';
import { encode } from './message/encode.ts';
import {
  flagNames,
  type Message,
  parseType,
  query,
  type ResourceRecord,
  rcodeName,
  typeName,
  typeOf,
} from './message/message.ts';
import { dataText } from './message/text.ts';
import type { DnsEnvironment } from './plugin.ts';
import { createDnsServer, type DnsServer } from './server/server.ts';
import type { ServeContext } from './server/turn.ts';

export const KUBEADM = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
}
`;

/** A Lister over plain objects; lists are the same array until `objects` are given anew. */
export function listerOf(objects: readonly object[]): Lister {
  const all = objects as readonly AnyObject[];
  const lists = new Map<string, readonly AnyObject[]>();
  const keyed = (o: AnyObject): string =>
    o.metadata.namespace === undefined
      ? o.metadata.name
      : `${o.metadata.namespace}/${o.metadata.name}`;
  const list = (kind: string, namespace?: string): readonly AnyObject[] => {
    const key = `${kind}/${namespace ?? ''}`;
    const found =
      lists.get(key) ??
      all.filter(
        (o) => o.kind === kind && (namespace === undefined || o.metadata.namespace === namespace),
      );
    lists.set(key, found);
    return found;
  };
  return {
    get: <K extends Kind>(kind: K, key: string) =>
      list(kind).find((o) => keyed(o) === key) as Kinds[K] | undefined,
    list: <K extends Kind>(kind: K, namespace?: string) =>
      list(kind, namespace) as unknown as readonly Kinds[K][],
  };
}

export const namespace = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

export const service = (key: string, spec: object) => {
  const [ns, name] = key.split('/');
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace: ns, name }, spec };
};

export const slice = (
  key: string,
  addresses: readonly (string | { ip: string; hostname?: string; ready?: boolean; pod?: string })[],
  ports: readonly { name?: string; port: number; protocol?: string }[] = [{ port: 80 }],
  suffix = 'abcde',
) => {
  const [ns, name] = key.split('/');
  const endpoints = addresses.map((a) => {
    const given = typeof a === 'string' ? { ip: a } : a;
    return {
      addresses: [given.ip],
      ...(given.hostname === undefined ? {} : { hostname: given.hostname }),
      ...(given.ready === undefined ? {} : { conditions: { ready: given.ready } }),
      ...(given.pod === undefined ? {} : { targetRef: { kind: 'Pod', name: given.pod } }),
    };
  });
  const labels = { 'kubernetes.io/service-name': name };
  const metadata = { namespace: ns, name: `${name}-${suffix}`, labels };
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, endpoints, ports };
};

export interface Asked {
  readonly message: Message;
  readonly bytes: Uint8Array;
  readonly elapsedMs: number;
  readonly cached: boolean;
  readonly rcode: string;
  readonly flags: string;
  /** "NAME TTL TYPE DATA" */
  readonly answers: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

export const line = (r: ResourceRecord): string =>
  `${r.name} ${r.ttl} ${typeName(typeOf(r))} ${dataText(r)}`;

export interface Lab {
  readonly server: DnsServer;
  readonly logs: string[];
  /** "NAME TYPE" at a time; throws when there is no reply. */
  ask(
    what: string,
    more?: { nowMs?: number; edns?: Message['edns']; proto?: Proto; class?: number },
  ): Asked;
  fork(): Lab;
}

export interface LabOptions {
  readonly corefile?: string;
  readonly version?: CoreDnsVersion;
  readonly minor?: number;
  readonly synced?: boolean;
  readonly picks?: readonly number[];
  readonly localAddrs?: readonly string[];
  readonly resolvConf?: string;
  /** Path -> text. */
  readonly files?: Readonly<Record<string, string>>;
  readonly exchange?: ServeContext['exchange'];
}

const silent = (): ExchangeResult => ({ kind: 'timeout', elapsedMs: 2000 });

export function lab(objects: readonly object[], options: LabOptions = {}): Lab {
  const logs: string[] = [];
  const environment: DnsEnvironment = {
    lister: listerOf(objects),
    choices: replayed(options.picks ?? []),
    localAddrs: (options.localAddrs ?? []).map(addr),
    resolvConf: options.resolvConf ?? 'nameserver 8.8.8.8\n',
    synced: () => options.synced ?? true,
    serial: () => 1_700_000_000,
    readFile: (path) => options.files?.[path],
    files: () => Object.keys(options.files ?? {}).sort(),
    log: (text) => logs.push(text),
  };
  const server = createDnsServer({
    corefile: options.corefile ?? KUBEADM,
    minor: options.minor ?? 34,
    environment,
    ...(options.version === undefined ? {} : { version: options.version }),
  });
  return around(server, environment, logs, options.exchange ?? silent);
}

function around(
  server: DnsServer,
  environment: DnsEnvironment,
  logs: string[],
  exchange: ServeContext['exchange'],
): Lab {
  return {
    server,
    logs,
    fork: () => around(server.fork(environment), environment, logs, exchange),
    ask: (what, more = {}) => {
      const [name = '', type = 'A'] = what.split(' ');
      const sent = query(4711, name, parseType(type) ?? 0, {
        edns: more.edns ?? null,
        ...(more.class === undefined ? {} : { class: more.class }),
      });
      const proto = more.proto ?? UDP;
      const client = { addr: addr('10.244.1.7'), port: 40_000, proto };
      const result = server.serve(encode(sent), { client, nowMs: more.nowMs ?? 0, exchange });
      if (result.reply === null) throw new Error(`no reply to ${what}`);
      const decoded = decode(result.reply);
      if (decoded.kind !== 'message') throw new Error(`bad reply to ${what}`);
      const { message } = decoded;
      return {
        message,
        bytes: result.reply,
        elapsedMs: result.elapsedMs,
        cached: result.cached,
        rcode: rcodeName(message.rcode),
        flags: flagNames(message).join(' '),
        answers: message.answers.map(line),
        authority: message.authority.map(line),
        additional: message.additional.map(line),
      };
    },
  };
}

export { TCP, UDP };
