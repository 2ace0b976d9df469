// How people name who connects and where to: product.md's WHO and WHERE. Text to values only; whether the thing
// exists is for the cluster to say.
import { InputError } from '../api/input-error.ts';
import { type Addr, parseAddr } from '../net/addr.ts';
import { type Proto, TCP } from '../net/packet.ts';

export type WhoRef =
  | { readonly kind: 'pod'; readonly key: string }
  | {
      readonly kind: 'workload';
      readonly of: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
      readonly key: string;
    }
  | { readonly kind: 'service'; readonly key: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'address'; readonly addr: Addr };

const workloads = {
  deploy: 'Deployment',
  deployment: 'Deployment',
  sts: 'StatefulSet',
  statefulset: 'StatefulSet',
  ds: 'DaemonSet',
  daemonset: 'DaemonSet',
  rs: 'ReplicaSet',
  replicaset: 'ReplicaSet',
} as const;

/** "pod/demo/client", "pod/client" (namespace default), "deploy/demo/web", "node/node01", "host/laptop", "203.0.113.9". */
export function parseWho(text: string): WhoRef {
  const addr = parseAddr(text);
  if (addr !== undefined) return { kind: 'address', addr };
  const [kind = '', ...rest] = text.split('/');
  const key = rest.length === 1 ? `default/${rest[0]}` : rest.join('/');
  const lower = kind.toLowerCase();
  if (rest.length === 1 && rest[0] !== '' && lower === 'node') {
    return { kind: 'node', name: rest[0] ?? '' };
  }
  if (rest.length === 1 && rest[0] !== '' && lower === 'host') {
    return { kind: 'host', name: rest[0] ?? '' };
  }
  if (rest.length >= 1 && rest.length <= 2 && rest.every((part) => part !== '')) {
    if (lower === 'pod' || lower === 'po') return { kind: 'pod', key };
    if (lower === 'svc' || lower === 'service') return { kind: 'service', key };
    if (Object.hasOwn(workloads, lower)) {
      return { kind: 'workload', of: workloads[lower as keyof typeof workloads], key };
    }
  }
  throw new InputError('usage', `cannot tell who "${text}" is`, {
    hint: 'write pod/NS/NAME, deploy/NS/NAME, sts/NS/NAME, ds/NS/NAME, node/NAME, host/NAME or an outside IP address',
  });
}

/** Whether a word is a TYPE of WHO: "pod", "deploy", "node" ... */
export function isWhoType(word: string): boolean {
  const lower = word.toLowerCase();
  return ['pod', 'po', 'node', 'host'].includes(lower) || Object.hasOwn(workloads, lower);
}

export type TargetRef =
  /** A name or address and a port, as a client program would dial it. */
  | {
      readonly kind: 'host';
      readonly host: string;
      readonly addr: Addr | null;
      readonly port: number;
      readonly proto: Proto;
    }
  /** `svc/NS/NAME:PORT`: the cluster IP, without DNS. */
  | { readonly kind: 'service'; readonly key: string; readonly port: string }
  /** `node/NAME:PORT`: the node's InternalIP. */
  | { readonly kind: 'node'; readonly name: string; readonly port: number };

/** "web:80", "http://web.demo/", "[fd00::1]:80", "svc/demo/web:http", "node/node01:30080". */
export function parseTarget(text: string): TargetRef {
  const service = /^(?:svc|service)\/(?:([^/]+)\/)?([^/:]+):([\w-]+)$/.exec(text);
  if (service !== null) {
    const [, ns = 'default', name = '', port = ''] = service;
    return { kind: 'service', key: `${ns}/${name}`, port };
  }
  const url = /^(https?):\/\/([^/]+)(?:\/.*)?$/.exec(text);
  const authority = url === null ? text : (url[2] ?? '');
  const parts = /^(?:\[([^\]]+)\]|(node\/[^:/[\]]+|[^:/[\]]+))(?::(\d+))?$/.exec(authority);
  const host = parts?.[1] ?? parts?.[2] ?? '';
  const defaultPort = url === null ? undefined : url[1] === 'https' ? 443 : 80;
  const port = parts?.[3] === undefined ? defaultPort : Number(parts[3]);
  if (host === '' || port === undefined) throw unclear(text, host);
  if (port < 1 || port > 65535) {
    throw new InputError('usage', `cannot dial "${text}": port ${parts?.[3]} is out of range`, {
      hint: 'a port is a number from 1 to 65535',
    });
  }
  if (host.startsWith('node/')) return { kind: 'node', name: host.slice('node/'.length), port };
  return { kind: 'host', host, addr: parseAddr(host) ?? null, port, proto: TCP };
}

function unclear(text: string, host: string): InputError {
  if (host !== '') {
    return new InputError('usage', `no port in "${text}": write ${text}:80`, {
      hint: 'or the port that you mean; a URL has its own',
    });
  }
  if (/^(?:svc|service)\/[^:]+$/.test(text)) {
    return new InputError('usage', `no port in "${text}": write ${text}:80`, {
      hint: "or one of the Service's ports, by number or name",
    });
  }
  return new InputError('usage', `cannot tell where "${text}" is`, {
    hint: 'write HOST:PORT (port 1 to 65535), a URL, svc/NS/NAME:PORT or node/NAME:PORT',
  });
}
