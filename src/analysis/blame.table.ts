// The closed list of reasons that a trace can blame: the id that specs assert on, what went wrong in one sentence
// (placeholders in braces), and the value of the blamed object that it points to when the rule's own cause says
// nothing more exact. Ids are the same in every proxy mode; rule text is not.

export interface BlameRow {
  readonly id: string;
  /** {object}, {where}, {name}, {detail} are filled in by blame.ts. */
  readonly message: string;
  /** JSON path in the blamed object; empty for the whole of it. */
  readonly path: string;
}

export const blameTable = {
  // name resolution
  nxdomain: { id: 'nxdomain', message: 'no DNS server knows the name {name}{detail}', path: '' },
  nodata: {
    id: 'nodata',
    message: 'the name {name} exists but has no address of this family{detail}',
    path: '',
  },
  servfail: {
    id: 'servfail',
    message: 'the DNS server could not answer for {name} (SERVFAIL){detail}',
    path: '',
  },
  dnsTimeout: {
    id: 'dns-timeout',
    message: 'no DNS server answered the look-up of {name} in time{detail}',
    path: '',
  },
  dnsRefused: {
    id: 'dns-refused',
    message: 'the DNS server refused the look-up of {name}{detail}',
    path: '',
  },
  // rules of kube-proxy
  noEndpoints: {
    id: 'no-endpoints',
    message: '{object} has no ready endpoints, so {where} rejects the connection{detail}',
    path: 'spec.selector',
  },
  noLocalEndpoints: {
    id: 'no-local-endpoints',
    message: '{object} has endpoints, but none on {where}, and its traffic policy is Local{detail}',
    path: '',
  },
  sourceRanges: {
    id: 'load-balancer-source-ranges',
    message: '{object} does not accept this client: it is outside loadBalancerSourceRanges{detail}',
    path: 'spec.loadBalancerSourceRanges',
  },
  // other rules
  networkPolicy: {
    id: 'network-policy',
    message: '{object} does not allow this connection{detail}',
    path: 'spec',
  },
  dropped: { id: 'dropped', message: 'a rule on {where} dropped the packet{detail}', path: '' },
  rejected: {
    id: 'rejected',
    message: 'a rule on {where} rejected the connection{detail}',
    path: '',
  },
  // the way
  noRoute: { id: 'no-route', message: 'nothing leads from {where} to {name}{detail}', path: '' },
  noSuchPort: {
    id: 'no-such-port',
    message: '{object} has no port {name}{detail}',
    path: 'spec.ports',
  },
  lost: { id: 'lost', message: 'the packet to {name} was lost at {where}{detail}', path: '' },
  noListener: {
    id: 'no-listener',
    message: 'nothing listens on {name}{detail}',
    path: 'spec.ports',
  },
  noReply: {
    id: 'no-reply',
    message: 'the packet arrived at {name}, but no reply came back{detail}',
    path: '',
  },
  // programs that pass requests on
  badAnswer: {
    id: 'bad-answer',
    message: 'what answered at {name} does not speak HTTP{detail}',
    path: 'spec.ports',
  },
  proxyLoop: {
    id: 'proxy-loop',
    message: 'the request goes round in a circle: {where} has been asked for it before{detail}',
    path: '',
  },
  // directors in front of the nodes
  noRealServer: {
    id: 'no-real-server',
    message:
      'no real server behind {name} passes its checks, so {object} refuses the connection{detail}',
    path: '',
  },
  virtualAddressMoves: {
    id: 'virtual-address-moves',
    message:
      '{object} announced {name} last and does not answer; the other director takes over when it misses the advertisements{detail}',
    path: '',
  },
  answerPastDirector: {
    id: 'answer-past-director',
    message:
      'the answer did not come back through {object}: masquerade there what IPVS sends on (with net.ipv4.vs.conntrack){detail}',
    path: '',
  },
} as const satisfies Readonly<Record<string, BlameRow>>;

export type BlameReason = keyof typeof blameTable;
