// Every sequence of measured.table.ts: our scheduler takes the server that Linux took, after the same connections.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addr } from '../../net/addr.ts';
import { noPayload, type Packet } from '../../net/packet.ts';
import type { Choices } from '../../sim/choices.ts';
import { type MeasuredRow, measuredRows } from './measured.table.ts';
import { inward, outward } from './packets.ts';
import type { ServiceFlag } from './service.ts';
import { createIpvs, type IpvsTable } from './table.ts';

const vip = addr('10.96.0.1');
const service = { proto: 6, addr: vip, port: 80 } as const;
const choices: Choices = {
  pick: () => {
    throw new Error('a scheduler that draws nothing has drawn');
  },
  fork: () => choices,
};
const moment = { choices, nowMs: 0, hasOldFlow: false };
const common = { family: 4, proto: 6, mark: 0, icmp: null, payload: noPayload } as const;

const server = (n: number) => ({ addr: 0x0af40100 + n, port: 8080 });

function flagsOf(text: string): readonly ServiceFlag[] {
  return [
    ...(text.includes('fallback') ? (['flag-1'] as const) : []),
    ...(text.includes('port') ? (['flag-2'] as const) : []),
  ];
}

/** Open connections: client port -> the client's address and the packet as it was redirected. */
type Open = Map<number, Packet>;

function packetOf(src: number, sport: number, flags: number): Packet {
  return { ...common, src, sport, dst: vip, dport: 80, flags };
}

function answer(ipvs: IpvsTable, { dst, dport, src, sport }: Packet, flags: number): void {
  const ends = { src: dst, sport: dport, dst: src, dport: sport };
  outward(ipvs, { ...common, ...ends, flags }, 0);
}

/** The words again, with the servers that ours took. */
function replay({ scheduler, flags, words }: MeasuredRow): string {
  const ipvs = createIpvs();
  ipvs.addService({ ...service, scheduler, flags: flagsOf(flags), persistence: null });
  const open: Open = new Map();
  return words
    .split(' ')
    .map((word) => {
      const [left = '', right = ''] = word.slice(1).split(':');
      const weighted = { ...server(Number(left)), weight: Number(right) };
      if (word.startsWith('+')) ipvs.addDestination(service, weighted, 0);
      else if (word.startsWith('=')) ipvs.updateDestination(service, weighted);
      else if (word.startsWith('-')) ipvs.deleteDestination(service, server(Number(left)));
      else if (word.startsWith('fin:') || word.startsWith('rst:')) close(ipvs, open, word);
      else return connect(ipvs, open, word);
      return word;
    })
    .join(' ');
}

function connect(ipvs: IpvsTable, open: Open, word: string): string {
  const [client = '', port = ''] = (word.split('>')[0] ?? '').split(':');
  const [src, sport] = [0xcb007100 + Number(client), Number(port)];
  const syn = packetOf(src, sport, 2);
  if (inward(ipvs, syn, moment).kind === 'refuse') return `${client}:${port}>x`;
  answer(ipvs, syn, 18);
  inward(ipvs, packetOf(src, sport, 16), moment);
  open.set(sport, syn);
  return `${client}:${port}>${Number(syn.dst) - 0x0af40100}`;
}

function close(ipvs: IpvsTable, open: Open, word: string): void {
  const first = open.get(Number(word.slice(4)));
  if (first === undefined) return;
  const { sport } = first;
  const src = Number(first.src);
  const send = (flags: number) => inward(ipvs, packetOf(src, sport, flags), moment);
  if (word.startsWith('rst:')) send(4);
  else if (send(17).kind === 'sent') {
    answer(ipvs, first, 17);
    send(16);
  }
}

for (const [i, row] of measuredRows.entries()) {
  test(`C5: as measured, sequence ${i}: ${row.scheduler} ${row.flags}`, () => {
    assert.equal(replay(row), row.words);
  });
}

test('the replay catches another scheduler', () => {
  const others = measuredRows.filter((row) => replay(row) !== replay({ ...row, scheduler: 'rr' }));
  assert.ok(others.length > measuredRows.length / 2);
});
