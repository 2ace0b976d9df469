// kube-proxy's own transactions through the machine's nft: what it then lists is what we print of the table, for random
// clusters in every version; after later syncs too, but for the order of chains, those that wait for their deletion and
// comments of elements whose verdict stayed. Skips with its reason where there is no root or no nft 1.0.6.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listTable } from '../src/netfilter/nft/print.ts';
import { type ProxyTable, rulesFor } from '../src/proxy/nftables/layer.ts';
import { nothingWritten, type SyncMemory, sync } from '../src/proxy/nftables/sync.ts';
import { emptySnapshot } from '../src/proxy/snapshot.ts';
import { Causes } from '../src/sim/causes.ts';
import {
  configOf,
  nodeOf,
  type ProxyCase,
  proxyCase,
  withChanges,
  withObjects,
} from './arbitraries/proxy-case.ts';
import { loadAndList, unavailable } from './real-nft.ts';

const reason = unavailable();
const skip = reason === null ? false : reason;
if (reason !== null) console.log(`real nft with kube-proxy's tables: skipped, ${reason}`);

interface History {
  readonly first: { readonly text: string; readonly table: ProxyTable };
  readonly all: string;
  readonly table: ProxyTable;
  readonly memory: SyncMemory;
}

function historyOf(given: ProxyCase, minor: number): History {
  const causes = new Causes();
  const config = configOf(given, minor);
  const node = nodeOf(given);
  let snapshot = withObjects(emptySnapshot(minor), [...given.services, ...given.endpointSlices]);
  const tableNow = () => rulesFor(snapshot, node, config, causes, given.family).table;
  let table = tableNow();
  let { transactions, memory } = sync(nothingWritten, table, 0);
  const first = { text: transactions.join(''), table };
  let all = first.text;
  let nowMs = 0;
  for (const step of given.steps) {
    nowMs += step.advance * 1000 + 1;
    snapshot = withChanges(snapshot, step);
    table = tableNow();
    ({ transactions, memory } = sync(memory, table, nowMs, step.full === true));
    all += transactions.join('');
  }
  return { first, all, table, memory };
}

/** Chains, sets and maps, sorted. */
function blocks(text: string): readonly string[] {
  const body = text
    .replace(/^table [^\n]*\n\tcomment [^\n]*\n/, '')
    .replace(/\n\}\n$/, '')
    .replaceAll(/ comment "[^"]*" :/g, ' :');
  return body
    .split('\n\n')
    .map((block) => block.trimEnd())
    .sort();
}

function agrees({ first, all, table, memory }: History, spoil = (text: string) => text): void {
  assert.equal(loadAndList(first.text), spoil(listTable(first.table)));
  const waiting = [...memory.stale.keys()].map((name) => `\tchain ${name} {\n\t}`);
  const ours = [...blocks(spoil(listTable(table))), ...waiting].sort();
  assert.deepEqual(blocks(loadAndList(all)), ours);
}

/** nft refuses `iif` with the name of a device that is not there, as kube-proxy writes it up to 1.34. */
function loads(given: ProxyCase, minor: number): boolean {
  return minor >= 35 || !/Interface/.test(given.config.detectLocalMode);
}

for (const minor of [32, 33, 34, 35, 36]) {
  test(`1.${minor}: what kube-proxy writes loads and is listed as we print it`, { skip }, () => {
    for (let seed = 1; seed <= 8; seed++) {
      const given = proxyCase(seed + 100 * minor, seed % 2 === 0 ? 4 : 6);
      if (loads(given, minor)) agrees(historyOf(given, minor));
    }
  });
}

for (const [fault, from, to] of [
  ['another mark', '0x00004000', '0x00008000'],
  ['a verdict of another chain', 'goto reject-chain', 'drop'],
  ['a hook at another priority', 'priority dstnat - 10', 'priority dstnat - 9'],
] as const) {
  test(`caught: ${fault}`, { skip }, () => {
    const seeds = Array.from({ length: 20 }, (_, i) => proxyCase(i + 1, 4));
    const given = seeds.find((one) => listTable(historyOf(one, 36).first.table).includes(from));
    assert.ok(given);
    assert.throws(() => agrees(historyOf(given, 36), (text) => text.replace(from, to)));
  });
}
