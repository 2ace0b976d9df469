// loadbalance: the order of records (DNS fact sheet C): shuffled, by preferred ranges, by weights of a file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addr } from '../../../net/addr.ts';
import { cidr } from '../../../net/cidr.ts';
import { enumerate, replayed } from '../../../sim/choices.ts';
import { lab, namespace, service, slice } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';
import type { ResourceRecord } from '../../message/message.ts';
import { dataText } from '../../message/text.ts';
import { preferred, shuffled, weighted } from './reorder.ts';
import { parseWeights } from './weights.ts';

const owner = { name: 'a.test.', class: 1, ttl: 30 };
const a = (text: string): ResourceRecord => ({ ...owner, kind: 'A', addr: Number(addr(text)) });
const alias: ResourceRecord = { ...owner, kind: 'CNAME', target: 'b.test.' };
const mail: ResourceRecord = { ...owner, kind: 'MX', preference: 1, target: 'm.test.' };
const text: ResourceRecord = { ...owner, kind: 'TXT', strings: ['x'] };
const shown = (records: readonly ResourceRecord[]): string => records.map(dataText).join(' ');
const two = [a('10.0.0.1'), a('10.0.0.2')];

describe('loadbalance', () => {
  it('C: aliases, other types, addresses, mail', () => {
    const records = shuffled([mail, a('10.0.0.1'), text, alias], replayed([]));
    assert.equal(shown(records), 'b.test. "x" 10.0.0.1 1 m.test.');
  });

  it('C: every order of three addresses is as likely as any other', () => {
    const branches = enumerate((choices) => shown(shuffled([...two, a('10.0.0.3')], choices)));
    assert.equal(new Set(branches.map(({ value }) => value)).size, 6);
    for (const { probability } of branches) assert.ok(Math.abs(probability - 1 / 6) < 1e-12);
  });

  it('prefer: by the first range that holds them, the others behind, then mail, then other types', () => {
    const records = [text, mail, a('192.168.0.1'), a('10.1.0.1'), a('10.0.0.1'), alias];
    const ranges = [cidr('10.0.0.0/16'), cidr('10.1.0.0/16')];
    const want = 'b.test. 10.0.0.1 10.1.0.1 192.168.0.1 1 m.test. "x"';
    assert.equal(shown(preferred(records, ranges)), want);
  });

  it('weighted: the first address is drawn by weight, and changes places', () => {
    const weights = parseWeights('a.test\n10.0.0.2 3\n', '/w', '1.14.2');
    if (typeof weights === 'string') throw new Error(weights);
    const branches = enumerate((choices) => shown(weighted(two, weights, choices)));
    assert.deepEqual(
      branches.map(({ value, probability }) => [value, probability]),
      [
        ['10.0.0.2 10.0.0.1', 0.75],
        ['10.0.0.1 10.0.0.2', 0.25],
      ],
    );
  });

  const objects = [
    namespace('demo'),
    service('demo/db', { clusterIP: 'None', clusterIPs: ['None'] }),
    slice('demo/db', ['10.244.1.5', '10.244.2.7']),
  ];
  const name = 'db.demo.svc.cluster.local.';
  const corefile = (stanza: string) =>
    `. {\n kubernetes cluster.local\n loadbalance ${stanza}\n}\n`;

  it('the weight file is read again when its time has come, and what is wrong then leaves the old weights', () => {
    const files: Record<string, string> = { '/w': `${name}\n10.244.2.7 255\n` };
    const { ask, logs } = lab(objects, {
      corefile: corefile('weighted /w {\n reload 10s\n }'),
      files,
      version: '1.14.2',
    });
    const first = (nowMs: number) => ask(name, { nowMs }).answers[0]?.split(' ').at(-1);
    assert.equal(first(0), '10.244.2.7');
    files['/w'] = `${name}\n10.244.1.5 255\n`;
    assert.equal(first(9000), '10.244.2.7');
    assert.equal(first(10_000), '10.244.1.5');
    files['/w'] = '10.244.1.5 0\n';
    assert.equal(first(20_000), '10.244.1.5');
    assert.deepEqual(logs, [
      '[INFO] plugin/loadbalance: Successfully reloaded weight file /w',
      '[INFO] plugin/loadbalance: Successfully reloaded weight file /w',
      '[ERROR] plugin/loadbalance: wrong weight value:"0" in weight file /w',
    ]);
  });

  it('a missing weight file is waited for', () => {
    const { logs } = lab(objects, { corefile: corefile('weighted /w'), version: '1.14.2' });
    const why = 'Failed to open weight file:weight file open error. Will try again in 30s';
    assert.deepEqual(logs, [`[WARNING] plugin/loadbalance: ${why}`]);
  });

  const at = '/etc/coredns/Corefile:3 - Error during parsing: ';
  const bad: readonly (readonly [stanza: string, want: string, version?: CoreDnsVersion])[] = [
    ['random', 'unknown policy: random'],
    ['round_robin x', `${at}unknown property for round_robin`],
    ['weighted', `${at}missing weight file argument`],
    ['weighted /a /b', `${at}unexpected argument(s)`],
    ['weighted /a {\n reload 0s\n }', 'weight file open error'],
    [
      '{\n prefer x\n }',
      '/etc/coredns/Corefile:4 - Error during parsing: invalid CIDR "x": invalid CIDR address: x',
    ],
    ['weighted /a {\n reload 0s\n }', 'Weight file open error', '1.12.1'],
  ];
  for (const [stanza, want, version = '1.14.2'] of bad) {
    it(`${stanza.replaceAll('\n', ' ')} (${version}): ${want}`, () => {
      assert.throws(() => lab(objects, { corefile: corefile(stanza), version }), {
        message: `plugin/loadbalance: ${want}`,
      });
    });
  }

  it('[q] up to 1.12.2 a block is not read at all', () => {
    lab(objects, { corefile: corefile('{\n nosuch\n }'), version: '1.12.1' });
  });
});
