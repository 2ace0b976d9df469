// Matches and targets as kube-proxy composes them. A match list stands in the order in which the
// words are written, so that the same nodes print as restore input and as iptables-save text.
import type { Addr } from '../net/addr.ts';
import { type Cidr, single } from '../net/cidr.ts';
import type { Proto } from '../net/packet.ts';
import type { CtState, Match, Rule, Target } from '../netfilter/rule.ts';
import type { LocalDetector } from './config.ts';

export const accept: Target = { kind: 'accept' };
export const drop: Target = { kind: 'drop' };
export const reject: Target = { kind: 'reject', with: 'port-unreachable' };
export const none: Target = { kind: 'none' };

export function jump(chain: string): Target {
  return { kind: 'jump', chain };
}

export function rule(matches: readonly Match[], target: Target, origin: number): Rule {
  return { matches, target, origin };
}

export function comment(text: string): Match {
  return { kind: 'comment', text };
}

export function range(side: 'src' | 'dst', { low, high, bits }: Cidr, negated = false): Match {
  return { kind: 'address', side, negated, low, high, bits };
}

export function address(side: 'src' | 'dst', value: Addr): Match {
  return range(side, single(value));
}

/** `-m tcp -p tcp --dport 80`, with what stands between protocol and port. */
export function toPort(
  proto: Proto,
  port: number,
  between: readonly Match[] = [],
): readonly Match[] {
  return [
    { kind: 'protocol', negated: false, proto },
    ...between,
    { kind: 'port', proto, side: 'dst', negated: false, low: port, high: port },
  ];
}

/** `-m tcp -p tcp` alone. */
export function anyPort(proto: Proto): readonly Match[] {
  return [
    { kind: 'protocol', negated: false, proto },
    { kind: 'port', proto, side: null, negated: false, low: 0, high: 65535 },
  ];
}

export function states(list: readonly CtState[], negated = false): Match {
  return { kind: 'conntrack', negated, states: list };
}

export function local(side: 'src' | 'dst'): Match {
  return { kind: 'addrtype', side, negated: false, type: 'LOCAL' };
}

export function marked(mark: number, negated = false): Match {
  return { kind: 'mark', negated, value: mark, mask: mark };
}

export function nfacct(name: string): Match {
  return { kind: 'nfacct', name };
}

/** "From a pod", or with `negated` "not from a pod", as the detector tells it. */
export function fromLocal(detector: LocalDetector, negated: boolean): Match {
  switch (detector.kind) {
    case 'cidr':
      return range('src', detector.range, negated);
    case 'interface':
      return { kind: 'interface', side: 'in', negated, name: detector.name };
  }
}

export function dnat(to: Addr, port: number): Target {
  return { kind: 'dnat', to, port, randomFully: false };
}
