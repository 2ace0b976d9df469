// Connections that a client keeps while the cluster changes below them: kube-proxy's, kubelet's and the CNI's own rules
// on three nodes. The rows marked [k] were measured on Linux 6.18 with real sockets between namespaces.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRules, serviceTown } from '../../test/arbitraries/service-town.ts';
import { addr } from '../net/addr.ts';
import { type Proto, SCTP, TCP, UDP } from '../net/packet.ts';
import { composeRules } from '../netfilter/ruleset.ts';
import { replayed } from '../sim/choices.ts';
import type { Fabric } from './fabric.ts';
import { addPod, momentOf, open } from './lab.ts';
import { beat, end, endAccepted, endOpened, use } from './lasting.ts';

const message = new Uint8Array([1, 2, 3]);
const both = { endpoints: ['e1', 'e2'] };

/** A connection of p1 to the Service, which e1 takes. */
function opened(fabric: Fabric, proto: Proto = TCP, nowMs = 0): number {
  const request = { from: 'pod/d/p1', proto, to: addr('10.96.0.5'), port: 80 };
  const moment = momentOf(replayed([0, 0, 0]), nowMs);
  const result = fabric.dial({ ...request, message, timeoutMs: 5000, keep: true }, moment);
  assert.equal(result.backend, 'pod/d/e1');
  return result.kept ?? 0;
}

/** How a message over it ends, and who answered. `picks`: the random rules from here on. */
function used(fabric: Fabric, id: number, picks: readonly number[] = [], nowMs = 0): string {
  const moment = momentOf(replayed(picks), nowMs);
  const { outcome, dial } = use(fabric, id, message, 5000, moment);
  return outcome === 'answered' ? `answered by ${dial.backend}` : outcome;
}

function exits(fabric: Fabric, pod: string): void {
  endAccepted(fabric, pod, () => true, momentOf());
  fabric.unlisten(pod, () => true);
}

interface Row {
  readonly name: string;
  readonly between: (fabric: Fabric, id: number) => void;
  /** Default: none. */
  readonly picks?: readonly number[];
  readonly proto?: Proto;
  readonly want: string;
}

const rows: readonly Row[] = [
  {
    name: 'nothing happens: the same Pod answers',
    between: () => {},
    want: 'answered by pod/d/e1',
  },
  {
    name: 'F10 an endpoint that is removed keeps its open connections',
    between: (fabric) => loadRules(fabric, { endpoints: ['e2'] }),
    want: 'answered by pod/d/e1',
  },
  {
    name: 'F10 a Service without endpoints rejects new connections only',
    between: (fabric) => loadRules(fabric, { endpoints: [] }),
    want: 'answered by pod/d/e1',
  },
  {
    name: '[k] the program ends, killed or not, while the network stands: the client reads the end',
    between: (fabric) => exits(fabric, 'pod/d/e1'),
    want: 'closed',
  },
  {
    name: '[k] the network goes without a word: nothing is heard but an ICMP error that ends no connection',
    between: (fabric) => fabric.removePod('d/e1'),
    want: 'timeout',
  },
  {
    name: 'the node is off: nothing is heard',
    between: (fabric) => fabric.setDown('node/n1', true),
    want: 'timeout',
  },
  {
    name: 'a Pod that got the address of one that is gone knows nothing of the connection: reset',
    between: (fabric) => {
      fabric.removePod('d/e1');
      addPod(fabric, 'new', '10.244.1.10');
      open(fabric, 'pod/d/new', 80);
    },
    want: 'reset',
  },
  {
    name: '[k] its conntrack entry is deleted: the next segment is balanced anew, to the same Pod by luck',
    between: (fabric) => fabric.deleteFlows('node/n1', () => true, 0),
    picks: [0],
    want: 'answered by pod/d/e1',
  },
  {
    name: '[k] its conntrack entry is deleted and the next segment goes to another Pod: reset',
    between: (fabric) => fabric.deleteFlows('node/n1', () => true, 0),
    picks: [1],
    want: 'reset',
  },
  {
    name: '[k] no entry and no rule any more: the cluster IP leads nowhere',
    between: (fabric) => {
      fabric.deleteFlows('node/n1', () => true, 0);
      fabric.setRules('n1', composeRules(4, []));
    },
    want: 'timeout',
  },
  {
    name: 'F10 a datagram socket that keeps its port stays with a Pod that is no endpoint any more',
    proto: UDP,
    between: (fabric) => loadRules(fabric, { endpoints: ['e2'] }),
    want: 'answered by pod/d/e1',
  },
  {
    name: 'F10 the same when that Pod is gone: no ICMP error is fatal to a datagram socket',
    proto: UDP,
    between: (fabric) => fabric.removePod('d/e1'),
    want: 'timeout',
  },
  {
    name: 'a datagram to a Pod whose program has ended is refused by ICMP',
    proto: UDP,
    between: (fabric) => exits(fabric, 'pod/d/e1'),
    want: 'refused',
  },
  {
    name: 'F10 once the entry is deleted the next datagram is balanced anew',
    proto: UDP,
    between: (fabric) => {
      loadRules(fabric, { endpoints: ['e2'] });
      fabric.deleteFlows('node/n1', (flow) => flow.proto === UDP, 0);
    },
    want: 'answered by pod/d/e2',
  },
  {
    name: 'an SCTP association keeps its Pod',
    proto: SCTP,
    between: (fabric) => loadRules(fabric, { endpoints: ['e2'] }),
    want: 'answered by pod/d/e1',
  },
  {
    name: 'a program that ends shuts its associations down',
    proto: SCTP,
    between: (fabric) => exits(fabric, 'pod/d/e1'),
    want: 'closed',
  },
  {
    name: 'a Pod that got the address of one that is gone aborts',
    proto: SCTP,
    between: (fabric) => {
      fabric.removePod('d/e1');
      addPod(fabric, 'new', '10.244.1.10');
      open(fabric, 'pod/d/new', 80, SCTP);
    },
    want: 'reset',
  },
  {
    name: '[k] without its entry a DATA chunk is INVALID: it is not translated, and dropped',
    proto: SCTP,
    between: (fabric) => fabric.deleteFlows('node/n1', () => true, 0),
    want: 'timeout',
  },
  {
    name: '[k] a heartbeat makes a new entry, which leads to the same Pod by luck',
    proto: SCTP,
    between: (fabric, id) => {
      fabric.deleteFlows('node/n1', () => true, 0);
      assert.equal(beat(fabric, id, momentOf(replayed([0]))), true);
    },
    want: 'answered by pod/d/e1',
  },
  {
    name: '[k] a heartbeat that leads to another Pod is aborted, which the new entry does not let back',
    proto: SCTP,
    between: (fabric, id) => {
      fabric.deleteFlows('node/n1', () => true, 0);
      assert.equal(beat(fabric, id, momentOf(replayed([1]))), true);
    },
    want: 'timeout',
  },
  {
    name: 'a heartbeat to a Pod that knows nothing of the association ends it',
    proto: SCTP,
    between: (fabric, id) => {
      fabric.removePod('d/e1');
      addPod(fabric, 'new', '10.244.1.10');
      assert.equal(beat(fabric, id, momentOf()), false);
    },
    want: 'reset',
  },
];

for (const { name, between, picks, proto, want } of rows) {
  test(name, () => {
    const fabric = serviceTown(both);
    const id = opened(fabric, proto);
    between(fabric, id);
    assert.equal(used(fabric, id, picks), want);
  });
}

const entry = (fabric: Fabric, nowMs = 0) =>
  fabric.conntrack('node/n1', nowMs).map((line) => line.replace(/ src=.*?(\[|mark)/, ' $1'));

test('an open connection is ESTABLISHED for five days, from its last segment on', () => {
  const fabric = serviceTown(both);
  const id = opened(fabric);
  assert.deepEqual(entry(fabric), ['tcp      6 432000 ESTABLISHED [ASSURED] mark=0 use=1']);
  const dayMs = 86_400_000;
  assert.equal(used(fabric, id, [], 4 * dayMs), 'answered by pod/d/e1');
  assert.equal(used(fabric, id, [], 8 * dayMs), 'answered by pod/d/e1');
  assert.equal(used(fabric, id, [1], 14 * dayMs), 'reset');
});

test('[k] conntrack follows the end of the program, and of the client', () => {
  const fabric = serviceTown(both);
  const id = opened(fabric);
  exits(fabric, 'pod/d/e1');
  assert.deepEqual(entry(fabric), ['tcp      6 60 CLOSE_WAIT [ASSURED] mark=0 use=1']);
  end(fabric, id, 'close', momentOf());
  assert.deepEqual(entry(fabric), ['tcp      6 120 TIME_WAIT [ASSURED] mark=0 use=1']);
  assert.deepEqual(fabric.connections.list(), []);
});

test('a client that resets leaves CLOSE, one that closes TIME_WAIT, one that ends its program closes', () => {
  const state = (act: (fabric: Fabric, id: number) => void) => {
    const fabric = serviceTown(both);
    act(fabric, opened(fabric));
    assert.equal(fabric.connections.size, 0);
    return entry(fabric)[0]?.split(' ').at(8);
  };
  assert.equal(
    state((fabric, id) => end(fabric, id, 'reset', momentOf())),
    'CLOSE',
  );
  assert.equal(
    state((fabric, id) => end(fabric, id, 'close', momentOf())),
    'TIME_WAIT',
  );
  assert.equal(
    state((fabric) => endOpened(fabric, 'pod/d/p1', momentOf())),
    'TIME_WAIT',
  );
});

test('an entry follows an SCTP association through its life', () => {
  const fabric = serviceTown(both);
  const id = opened(fabric, SCTP);
  assert.deepEqual(entry(fabric), ['sctp     132 210 ESTABLISHED [ASSURED] mark=0 use=1']);
  const without = fabric.fork();
  assert.deepEqual(entry(without, 210_000), []);
  beat(fabric, id, momentOf(replayed([]), 31_000));
  assert.deepEqual(entry(fabric, 210_000), ['sctp     132 31 ESTABLISHED [ASSURED] mark=0 use=1']);
  const reset = fabric.fork();
  end(fabric, id, 'close', momentOf(replayed([]), 210_000));
  assert.deepEqual(entry(fabric, 210_000), ['sctp     132 10 CLOSED [ASSURED] mark=0 use=1']);
  end(reset, id, 'reset', momentOf(replayed([]), 210_000));
  assert.deepEqual(entry(reset, 210_000), ['sctp     132 10 CLOSED [ASSURED] mark=0 use=1']);
  const left = serviceTown(both);
  opened(left, SCTP);
  exits(left, 'pod/d/e1');
  assert.deepEqual(entry(left), ['sctp     132 10 CLOSED [ASSURED] mark=0 use=1']);
});

test('a reset is heard once and remembered', () => {
  const fabric = serviceTown(both);
  const id = opened(fabric);
  fabric.deleteFlows('node/n1', () => true, 0);
  assert.equal(used(fabric, id, [1]), 'reset');
  assert.equal(used(fabric, id), 'reset');
});

test('a program that ends leaves nothing of clients that were gone before', () => {
  const fabric = serviceTown(both);
  opened(fabric);
  fabric.removePod('d/p1');
  assert.equal(fabric.connections.size, 1, 'the server has not heard');
  exits(fabric, 'pod/d/e1');
  assert.equal(fabric.connections.size, 0);
});

test('a fork keeps its own connections', () => {
  const fabric = serviceTown(both);
  const id = opened(fabric);
  const other = fabric.fork();
  exits(other, 'pod/d/e1');
  assert.equal(used(other, id), 'closed');
  assert.equal(used(fabric, id), 'answered by pod/d/e1');
});

test('the kernel gives up after 15 tries and then says what ICMP told it', () => {
  const fabric = serviceTown(both);
  const id = opened(fabric);
  fabric.removePod('d/e1');
  const ends = (ms: number) => use(fabric, id, message, ms, momentOf()).outcome;
  assert.equal(ends(900_000), 'timeout');
  assert.equal(ends(925_000), 'unreachable');
});

test('a source port that a server still holds open: challenge ACK, RST, and the second SYN opens', () => {
  const fabric = serviceTown(both);
  const request = {
    from: 'pod/d/p1',
    proto: TCP as Proto,
    to: addr('10.96.0.5'),
    port: 80,
    sourcePort: 5000,
  };
  const dial = () =>
    fabric.dial({ ...request, message, timeoutMs: 5000, keep: true }, momentOf(replayed([0])));
  const first = dial();
  fabric.connections.dropClient(first.kept ?? 0); // it crashed with its machine
  const second = dial();
  assert.deepEqual([second.outcome, second.elapsedMs], ['answered', 1000]);
  assert.equal(fabric.connections.list().length, 1);
});
