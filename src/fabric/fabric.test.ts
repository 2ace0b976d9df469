// Machines, routes, sockets and wires, without any rule: who reaches whom on the bare network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { SCTP, TCP, UDP } from '../net/packet.ts';
import type { Socket } from '../node/socket.ts';
import { seeded } from '../sim/choices.ts';
import type { Fabric } from './fabric.ts';
import { addPod, dialTo, endpoint, lab, momentOf, open, say, type Try } from './lab.ts';

function town(): Fabric {
  const fabric = lab();
  addPod(fabric, 'a', '10.244.1.2');
  addPod(fabric, 'b', '10.244.1.3');
  addPod(fabric, 'c', '10.244.2.2');
  addPod(fabric, 'pinned', '10.9.9.9', 'n3');
  fabric.addPod({ key: 'd/hostnet', node: 'n2', addresses: [], hostNetwork: true });
  for (const pod of ['pod/d/a', 'pod/d/b', 'pod/d/c', 'pod/d/pinned']) open(fabric, pod, 80);
  open(fabric, 'pod/d/c', 53, UDP);
  open(fabric, 'pod/d/c', 7, SCTP);
  open(fabric, 'pod/d/hostnet', 8080);
  open(fabric, 'host/out', 443);
  fabric.addHost({
    name: 'routed',
    ip: addr('203.0.113.60'),
    routes: [{ to: cidr('10.244.2.0/24'), via: 'n1' }],
  });
  return fabric;
}

interface Row extends Try {
  readonly name: string;
  readonly want: string;
}

const rows: readonly Row[] = [
  {
    name: 'a pod reaches a pod of its node over the bridge and keeps its address',
    from: 'pod/d/a',
    to: '10.244.1.3',
    port: 80,
    want: 'answered by pod/d/b, seen as 10.244.1.2',
  },
  {
    name: 'a pod reaches a pod of another node and keeps its address',
    from: 'pod/d/a',
    to: '10.244.2.2',
    port: 80,
    want: 'answered by pod/d/c, seen as 10.244.1.2',
  },
  {
    name: 'a pod reaches itself over loopback',
    from: 'pod/d/a',
    to: '127.0.0.1',
    port: 80,
    want: 'answered by pod/d/a, seen as 127.0.0.1',
  },
  {
    name: 'a pod that dials its own address is seen by it',
    from: 'pod/d/a',
    to: '10.244.1.2',
    port: 80,
    want: 'answered by pod/d/a, seen as 10.244.1.2',
  },
  {
    name: 'a node reaches its pods from the bridge address',
    from: 'node/n1',
    to: '10.244.1.3',
    port: 80,
    want: 'answered by pod/d/b, seen as 10.244.1.1',
  },
  {
    name: 'a node reaches pods of other nodes from its own address',
    from: 'node/n1',
    to: '10.244.2.2',
    port: 80,
    want: 'answered by pod/d/c, seen as 192.168.4.101',
  },
  {
    name: 'a host-network pod answers on its node under its own name',
    from: 'pod/d/a',
    to: '192.168.4.102',
    port: 8080,
    want: 'answered by pod/d/hostnet, seen as 10.244.1.2',
  },
  {
    name: 'a host-network pod dials from its node',
    from: 'pod/d/hostnet',
    to: '10.244.1.3',
    port: 80,
    want: 'answered by pod/d/b, seen as 192.168.4.102',
  },
  {
    name: 'an address pinned outside all ranges is reached from another node',
    from: 'pod/d/a',
    to: '10.9.9.9',
    port: 80,
    want: 'answered by pod/d/pinned, seen as 10.244.1.2',
  },
  {
    name: 'a pod with a pinned address reaches pods of other nodes',
    from: 'pod/d/pinned',
    to: '10.244.2.2',
    port: 80,
    want: 'answered by pod/d/c, seen as 10.9.9.9',
  },
  {
    name: 'a closed TCP port is refused by a reset',
    from: 'pod/d/a',
    to: '10.244.2.2',
    port: 81,
    want: 'refused via rst in connect',
  },
  {
    name: 'a datagram is answered',
    from: 'pod/d/a',
    to: '10.244.2.2',
    port: 53,
    proto: UDP,
    want: 'answered by pod/d/c, seen as 10.244.1.2',
  },
  {
    name: 'a closed UDP port is refused by ICMP port unreachable',
    from: 'pod/d/a',
    to: '10.244.2.2',
    port: 54,
    proto: UDP,
    want: 'refused via icmp in connect',
  },
  {
    name: 'an SCTP association is answered',
    from: 'pod/d/a',
    to: '10.244.2.2',
    port: 7,
    proto: SCTP,
    want: 'answered by pod/d/c, seen as 10.244.1.2',
  },
  {
    name: 'a closed SCTP port aborts',
    from: 'pod/d/a',
    to: '10.244.2.2',
    port: 8,
    proto: SCTP,
    want: 'refused via rst in connect',
  },
  {
    name: 'an unmasqueraded pod gets no answer from outside: nobody routes its address back',
    from: 'pod/d/a',
    to: '203.0.113.50',
    port: 443,
    want: 'timeout via noreply in connect',
  },
  {
    name: 'a node is answered from outside',
    from: 'node/n1',
    to: '203.0.113.50',
    port: 443,
    want: 'answered by host/out, seen as 192.168.4.101',
  },
  {
    name: 'an outside host reaches a node',
    from: 'host/out',
    to: '192.168.4.102',
    port: 8080,
    want: 'answered by pod/d/hostnet, seen as 203.0.113.50',
  },
  {
    name: 'an outside host without a route does not reach a pod',
    from: 'host/out',
    to: '10.244.2.2',
    port: 80,
    want: 'timeout via noreply in connect',
  },
  {
    name: 'an outside host with a route reaches a pod through that node',
    from: 'host/routed',
    to: '10.244.2.2',
    port: 80,
    want: 'answered by pod/d/c, seen as 203.0.113.60',
  },
  {
    name: 'an address that nobody owns is lost',
    from: 'pod/d/a',
    to: '198.51.100.1',
    port: 80,
    want: 'timeout via noreply in connect',
  },
  {
    name: 'a free pod address of another node is unreachable: its neighbour does not answer',
    from: 'pod/d/a',
    to: '10.244.2.99',
    port: 80,
    want: 'unreachable via icmp in connect',
  },
  {
    name: 'a free pod address of the own node is unreachable',
    from: 'pod/d/a',
    to: '10.244.1.99',
    port: 80,
    want: 'unreachable via noroute in connect',
  },
  {
    name: 'a client that gives up before the neighbour fails sees a timeout',
    from: 'pod/d/a',
    to: '10.244.1.99',
    port: 80,
    timeoutMs: 1000,
    want: 'timeout via noroute in connect',
  },
  {
    name: 'a pod without IPv6 has no way to an IPv6 address',
    from: 'pod/d/a',
    to: 'fd00::1',
    port: 80,
    want: 'unreachable via noroute in connect',
  },
];

for (const { name, want, ...attempt } of rows) {
  test(name, () => {
    assert.equal(say(dialTo(town(), attempt)), want);
  });
}

test('source ports count up from 32768 on each machine', () => {
  const fabric = town();
  const to = { to: '10.244.2.2', port: 80 };
  const ports = ['pod/d/a', 'pod/d/a', 'pod/d/b'].map(
    (from) => dialTo(fabric, { from, ...to }).client.port,
  );
  assert.deepEqual(ports, [32768, 32769, 32768]);
});

test('a result names both ends as the two sides see them', () => {
  const result = dialTo(town(), { from: 'pod/d/a', to: '10.244.2.2', port: 80, sourcePort: 4000 });
  const seen = [result.client, result.dialled, result.destination, result.source, result.replyFrom];
  assert.deepEqual(seen.map(endpoint), [
    '10.244.1.2:4000',
    '10.244.2.2:80',
    '10.244.2.2:80',
    '10.244.1.2:4000',
    '10.244.2.2:80',
  ]);
  assert.deepEqual(result.reply, new Uint8Array([1, 2, 3]));
});

test('a fork never changes its parent, nor the parent its fork', () => {
  const parent = town();
  const fork = parent.fork();
  fork.removePod('d/c');
  addPod(parent, 'late', '10.244.3.2');
  open(parent, 'pod/d/late', 80);
  const to = (ip: string): Try => ({ from: 'pod/d/a', to: ip, port: 80 });
  assert.equal(dialTo(parent, to('10.244.2.2')).outcome, 'answered');
  assert.equal(dialTo(fork, to('10.244.2.2')).outcome, 'unreachable');
  assert.equal(dialTo(parent, to('10.244.3.2')).outcome, 'answered');
  assert.equal(dialTo(fork, to('10.244.3.2')).outcome, 'unreachable');
  assert.equal(parent.takePort('pod/d/b'), fork.takePort('pod/d/b'));
});

test('a port can be opened once, and is free again when its pod closes it', () => {
  const fabric = town();
  const socket: Omit<Socket, 'owner'> = {
    proto: TCP,
    addr: null,
    port: 80,
    program: 'echo',
    data: null,
    assumed: false,
  };
  assert.equal(fabric.listen('pod/d/a', socket), false);
  fabric.unlisten('pod/d/a', (open) => open.port === 80);
  assert.equal(fabric.listen('pod/d/a', socket), true);
});

test('a cut link loses everything, a restored one nothing', () => {
  const fabric = town();
  const attempt: Try = { from: 'pod/d/a', to: '10.244.2.2', port: 80 };
  fabric.setLink('node/n1', 'node/n2', { kind: 'cut' });
  assert.equal(say(dialTo(fabric, attempt)), 'timeout via noreply in connect');
  fabric.setLink('node/n2', 'node/n1', { kind: 'restored' });
  assert.equal(dialTo(fabric, attempt).outcome, 'answered');
});

test('TCP gets through a lossy wire by sending again, and it takes the time that takes', () => {
  const fabric = town();
  fabric.setLink('node/n1', 'node/n2', { kind: 'loses', percent: 50 });
  const results = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
    dialTo(
      fabric,
      { from: 'pod/d/a', to: '10.244.2.2', port: 80, timeoutMs: 127_000 },
      momentOf(seeded(seed)),
    ),
  );
  assert.ok(results.every((result) => result.outcome === 'answered'));
  assert.ok(results.some((result) => result.elapsedMs >= 1000));
});

test('a datagram lost on the wire stays lost', () => {
  const fabric = town();
  fabric.setLink('node/n1', 'node/n2', { kind: 'loses', percent: 100 });
  const result = dialTo(fabric, { from: 'pod/d/a', to: '10.244.2.2', port: 53, proto: UDP });
  assert.equal(say(result), 'timeout via noreply in connect');
});

test('a node that is down answers and forwards nothing', () => {
  const fabric = town();
  fabric.setDown('node/n2', true);
  const attempt: Try = { from: 'pod/d/a', to: '10.244.2.2', port: 80 };
  assert.equal(dialTo(fabric, attempt).outcome, 'timeout');
  fabric.setDown('node/n2', false);
  assert.equal(dialTo(fabric, attempt).outcome, 'answered');
});

test('a program that dials itself for ever ends at a bound', () => {
  const fabric = town();
  const loop = {
    receive: (message: Uint8Array, _peer: unknown, context: { exchange: CallableFunction }) => {
      const answer = context.exchange(TCP, addr('10.244.2.2'), 80, message, 1000);
      return { reply: answer.kind === 'reply' ? message : null, elapsedMs: 0 };
    },
  };
  const moment = { ...momentOf(), programs: () => loop };
  const result = dialTo(fabric, { from: 'pod/d/a', to: '10.244.2.2', port: 80 }, moment);
  assert.equal(say(result), 'timeout via noreply in reply');
});

test('messages that follow a reply on its connection reach the client, unless the reply does not', () => {
  const fabric = town();
  const following = Uint8Array.of(7);
  const talkative = {
    receive: () => ({ reply: Uint8Array.of(1), more: [following], elapsedMs: 50 }),
  };
  const moment = { ...momentOf(), programs: () => talkative };
  const attempt: Try = { from: 'pod/d/a', to: '10.244.2.2', port: 80 };
  assert.deepEqual(dialTo(fabric, attempt, moment).more, [following]);
  assert.equal(dialTo(fabric, { ...attempt, timeoutMs: 10 }, moment).more, undefined);
});
