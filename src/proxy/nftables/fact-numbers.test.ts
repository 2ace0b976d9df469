// The facts of our sheet about nftables mode, and upstream's own tests H30 to H34: each has a row or
// test that says so in its name.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** Fact -> what stands in the name of its row. */
const facts: ReadonlyMap<string, RegExp> = new Map([
  ['H30 TestOverallNFTablesRules', /\bH30\b/],
  ['H31 TestClusterIPGeneral', /\bH31\b/],
  ['H32 TestNodePorts', /\bH32\b/],
  ['H33 TestSyncProxyRulesRepeated', /\bH33\b/],
  ['H34 TestSyncProxyRulesStartup', /\bH34\b/],
  ['D names and their hashes', /D .* -> |D a base longer than 240/],
  ['D the text of every version and family', /D IPv\$\{family\}: every sync/],
  ['D what is written stands in the kernel', /D every chain and element that is written/],
  ['D sets of nodePortAddresses', /D every address: localhost/],
  ['D node ports on localhost', /D localhost ignores node ports/],
  ['D unallocated addresses', /unallocated cluster IP/],
  ['D ping of a virtual address', /D ping of a cluster IP/],
  ['D chains wait for their deletion', /deleted more than a second on/],
  ['D affinity sets are deleted at once', /D affinity sets of endpoints that are gone/],
  ['D full syncs by the hour', /D a full sync once an hour/],
  ['F10 nftables column', /; nftables\$\{why\}/],
  ['A14 stale UDP flows', /A14: a kube-proxy in \$\{mode\} mode/],
]);

const root = join(import.meta.dirname, '../../../..');

/** The names of all tests and rows about the mode, as they are written. */
function names(): string {
  const rooms = ['src/proxy/nftables', 'src/fabric', 'src/cluster'];
  return rooms
    .flatMap((room) =>
      readdirSync(join(root, room), { encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts') && !file.startsWith('fact-numbers'))
        .flatMap((file) => readFileSync(join(root, room, file), 'utf8').match(NAME) ?? []),
    )
    .join('\n');
}

/** `name: '...`, `test('...` and the first text of a row, with what stands in the string. */
const NAME = /(?:name: |test\(\s*|\[\s*)(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)/g;

function missing(wanted: ReadonlyMap<string, RegExp>): readonly string[] {
  const text = names();
  return [...wanted].filter(([, name]) => !name.test(text)).map(([fact]) => fact);
}

test('every fact of nftables mode has a row', () => assert.deepEqual(missing(facts), []));

test('the check above can fail: a fact that nobody checks', () => {
  assert.deepEqual(missing(new Map([['none', /\bH99\b/]])), ['none']);
});
