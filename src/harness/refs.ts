// What the words of a step stand for, as values: objects, clients, targets, outcomes, amounts. Text to values only;
// the regular expressions that find the words in a step are literals in steps/parameter-types.ts.
import { InputError } from '../api/input-error.ts';
import { schemeOf } from '../api/scheme.ts';
import type { Cluster, Component } from '../cluster/cluster.ts';
import { type Proto, parseProto, TCP } from '../net/packet.ts';

/** `Pod "demo/web"`, `container "app" of Pod "demo/web"`. */
export interface ObjectRef {
  readonly kind: string;
  /** "ns/name", or "name" for cluster-scoped kinds. */
  readonly key: string;
  readonly container: string | null;
  /** As written, for messages. */
  readonly text: string;
}

/** Who connects or looks up, as the cluster names it ("pod/demo/client"), and as written. */
export interface ClientRef {
  readonly who: string;
  readonly text: string;
}

export type TargetRef =
  | {
      readonly kind: 'name';
      readonly where: string;
      readonly proto: Proto;
      readonly sourcePort: number | null;
      readonly text: string;
    }
  | {
      readonly kind: 'port';
      readonly port: number;
      readonly who: string;
      readonly proto: Proto;
      readonly sourcePort: number | null;
      readonly text: string;
    };

export type OutcomeRef =
  | {
      readonly kind: 'answered';
      readonly by: ClientRef | null;
      /** Of an answer that a program gives because it has nothing to pass back; null: any other answer. */
      readonly status: number | null;
      readonly text: string;
    }
  | {
      readonly kind:
        | 'refused'
        | 'unreachable'
        | 'lost'
        | 'timeout'
        | 'closed'
        | 'reset'
        | 'fails-to-resolve';
      readonly text: string;
    };

export interface Bound {
  readonly kind: 'exactly' | 'at least' | 'at most';
  readonly n: number;
  readonly text: string;
}

export type AddressRef =
  | { readonly kind: 'literal'; readonly address: string; readonly port: number | null }
  | { readonly kind: 'address' | 'gateway'; readonly of: string; readonly text: string };

/** `Service "demo/web"`, `host "lb1"` and `container "c" of Pod "demo/web"`; the namespace is "default" unless written. */
export function objectRef(text: string): ObjectRef {
  const host = /^host "([^"]*)"$/.exec(text)?.[1];
  if (host !== undefined) return { kind: 'host', key: host, container: null, text };
  const match = /^(?:container "([^"]*)" of )?([A-Z][A-Za-z]*) "([^"]*)"$/.exec(text);
  if (match === null) throw new InputError('usage', `cannot tell which object ${text} is`);
  const [, container = null, kind = '', name = ''] = match;
  const namespaced = schemeOf(kind)?.namespaced ?? true;
  const key = !namespaced || name.includes('/') ? name : `default/${name}`;
  return { kind, key, container, text };
}

const prefixes: Readonly<Record<string, string>> = {
  Pod: 'pod',
  Deployment: 'deploy',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  ReplicaSet: 'rs',
  Service: 'svc',
  Node: 'node',
  host: 'host',
};

/** `Pod "demo/client"` -> "pod/demo/client"; `host "laptop"` -> "host/laptop". */
export function clientRef(text: string): ClientRef {
  const match = /^(\w+) "([^"]*)"$/.exec(text);
  const [, kind = '', name = ''] = match ?? [];
  const prefix = prefixes[kind];
  if (match === null || prefix === undefined) {
    throw new InputError('usage', `cannot tell who ${text} is`);
  }
  const scoped = kind === 'Node' || kind === 'host' || name.includes('/');
  return { who: `${prefix}/${scoped ? name : `default/${name}`}`, text };
}

/** `"web:80"`, `"web:53" over UDP`, `port 30080 of Node "node01"`, `port 53/UDP of Pod "x"`; all of them with
 * `from port 5000`, the client's own. */
export function targetRef(text: string): TargetRef {
  const [, where = '', from = ''] = /^(.*?)(?: from port (\d+))?$/.exec(text) ?? [];
  const sourcePort = from === '' ? null : sourcePortOf(Number(from));
  const named = /^"([^"]*)"(?: over (\w+))?$/.exec(where);
  if (named !== null) {
    return { kind: 'name', where: named[1] ?? '', proto: protoOf(named[2]), sourcePort, text };
  }
  const port = /^port (\d+)(?:\/(\w+))? of (.*)$/.exec(where);
  if (port === null) throw new InputError('usage', `cannot tell where ${text} is`);
  const { who } = clientRef(port[3] ?? '');
  return { kind: 'port', port: Number(port[1]), who, proto: protoOf(port[2]), sourcePort, text };
}

function sourcePortOf(port: number): number {
  if (port >= 1 && port <= 65_535) return port;
  throw new InputError('usage', `a client has no port ${port}`, { hint: '1 to 65535' });
}

function protoOf(text: string | undefined): Proto {
  return text === undefined ? TCP : (parseProto(text) ?? TCP);
}

/** `is answered by Pod "x"`, `is answered with status 502 by Pod "x"`, `is refused`, `times out`, `fails to resolve`. */
export function outcomeRef(text: string): OutcomeRef {
  const answered = /^(?:is|are) answered(?: with status (\d{3}))?(?: by (.*))?$/.exec(text);
  if (answered !== null) {
    const [, status, by] = answered;
    return {
      kind: 'answered',
      by: by === undefined ? null : clientRef(by),
      status: status === undefined ? null : Number(status),
      text,
    };
  }
  if (/ refused$/.test(text)) return { kind: 'refused', text };
  if (/ unreachable$/.test(text)) return { kind: 'unreachable', text };
  if (/ lost$/.test(text)) return { kind: 'lost', text };
  if (/ closed$/.test(text)) return { kind: 'closed', text };
  if (/ reset$/.test(text)) return { kind: 'reset', text };
  if (/^times? out$/.test(text)) return { kind: 'timeout', text };
  return { kind: 'fails-to-resolve', text };
}

/** "no", "3", "at least 2", "at most 5". */
export function bound(text: string): Bound {
  if (text === 'no') return { kind: 'exactly', n: 0, text };
  const match = /^(at least |at most )?(\d+)$/.exec(text);
  const n = Number(match?.[2] ?? 0);
  const kind = match?.[1] === undefined ? 'exactly' : (match[1].trim() as 'at least' | 'at most');
  return { kind, n, text };
}

export function within(limits: Bound, n: number): boolean {
  switch (limits.kind) {
    case 'exactly':
      return n === limits.n;
    case 'at least':
      return n >= limits.n;
    case 'at most':
      return n <= limits.n;
  }
}

const unitMs: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** "30 seconds" -> 30000 (milliseconds). */
export function durationMs(text: string): number {
  const [amount = '0', unit = ''] = text.split(' ');
  return Number(amount) * (unitMs[unit.replace(/s$/, '')] ?? 1);
}

type NamedComponent = 'coredns' | 'load-balancer' | 'apiserver' | 'upstream-dns';

const componentKinds: Readonly<Record<string, NamedComponent>> = {
  CoreDNS: 'coredns',
  'the load balancer': 'load-balancer',
  'the API server': 'apiserver',
  'upstream DNS': 'upstream-dns',
};

/** "kube-proxy on Node \"node01\"", "kubelet on Node ...", "the endpoint controllers", "CoreDNS", "upstream DNS". */
export function componentRef(text: string): Component {
  const node = / on Node "([^"]*)"$/.exec(text)?.[1] ?? null;
  if (text.startsWith('kube-proxy')) return { kind: 'kube-proxy', node };
  const host = / on host "([^"]*)"$/.exec(text)?.[1];
  if (host !== undefined) return { kind: 'keepalived', host };
  if (text.startsWith('kubelet')) return { kind: 'kubelet', node: node ?? '' };
  return { kind: componentKinds[text] ?? 'endpoint-controllers' };
}

export type LinkState = Parameters<Cluster['setLink']>[2];

/** "is cut", "is restored", "loses 30 % of its packets". */
export function linkState(text: string): LinkState {
  const percent = /^loses (\d+) %/.exec(text);
  if (percent !== null) return { kind: 'loses', percent: Number(percent[1]) };
  return { kind: text === 'is cut' ? 'cut' : 'restored' };
}

/** `"10.1.0.40"`, `"10.1.0.40:80"`, `the address of Pod "x"`, `the gateway of Node "x"`. */
export function addressRef(text: string): AddressRef {
  const of = /^the (address|gateway) of (.*)$/.exec(text);
  if (of !== null) {
    const kind = of[1] === 'gateway' ? 'gateway' : 'address';
    return { kind, of: clientRef(of[2] ?? '').who, text };
  }
  const literal = text.slice(1, -1);
  const port = /^(?:\[(.*)\]|([^:]*)):(\d+)$/.exec(literal);
  if (port === null) return { kind: 'literal', address: literal, port: null };
  return { kind: 'literal', address: port[1] ?? port[2] ?? '', port: Number(port[3]) };
}

export interface QuestionRef {
  readonly name: string;
  /** null: what the resolver asks by itself. */
  readonly type: string | null;
}

/** `"web" SRV` -> name and record type. */
export function questionRef(text: string): QuestionRef {
  const match = /^"([^"]*)"(?: ([A-Z]+))?$/.exec(text);
  return { name: match?.[1] ?? '', type: match?.[2] ?? null };
}
