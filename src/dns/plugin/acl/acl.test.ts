// The plugin `acl`. What clients get was compared with the real CoreDNS 1.12.1; the client is 10.244.1.7.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lab } from '../../fixture.test.ts';

const DOWN = 'template IN ANY {\nanswer "{{ .Name }} 60 IN A 10.0.0.1"\n}';
const corefileOf = (acl: string): string => `. {\n${acl}\n${DOWN}\n}`;

describe('acl', () => {
  const rows: readonly { name: string; acl: string; ask?: string; want: string }[] = [
    { name: 'block is REFUSED', acl: 'acl {\nblock net 10.244.0.0/16\n}', want: 'REFUSED 0' },
    { name: 'filter is an empty NOERROR', acl: 'acl {\nfilter type A\n}', want: 'NOERROR 0' },
    { name: 'others are let through', acl: 'acl {\nblock net 10.245.0.0/16\n}', want: 'NOERROR 1' },
    {
      name: 'the first policy that fits decides',
      acl: 'acl {\nallow net 10.244.1.7\nblock\n}',
      want: 'NOERROR 1',
    },
    {
      name: 'type and net must both fit',
      acl: 'acl {\nblock type AAAA net *\n}',
      want: 'NOERROR 1',
    },
    { name: 'zones limit a rule', acl: 'acl b.test {\nblock\n}', want: 'NOERROR 1' },
    {
      name: 'a rule that does not fit leaves it to the next one',
      acl: 'acl {\nblock type MX\n}\nacl a.test {\nblock\n}',
      want: 'REFUSED 0',
    },
    {
      name: 'allow ends all rules',
      acl: 'acl a.test {\nallow\n}\nacl {\nblock\n}',
      want: 'NOERROR 1',
    },
    {
      name: 'IPv6 ranges do not hold IPv4 clients',
      acl: 'acl {\nblock net ::/0\n}',
      want: 'NOERROR 1',
    },
    { name: 'a star stands for all types', acl: 'acl {\nblock type *\n}', want: 'REFUSED 0' },
  ];
  for (const { name, acl, ask = 'x.a.test.', want } of rows) {
    it(name, () => {
      const { rcode, answers } = lab([], { corefile: corefileOf(acl) }).ask(ask);
      assert.equal(`${rcode} ${answers.length}`, want);
    });
  }

  it('says why in an extended error, to clients without EDNS too', () => {
    const corefile = corefileOf('acl {\nblock\n}');
    const { message } = lab([], { corefile }).ask('x.a.test.');
    assert.deepEqual(message.edns, {
      udpSize: 4096,
      version: 0,
      dnssecOk: true,
      options: [{ code: 15, bytes: Uint8Array.of(0, 15) }],
    });
  });

  it('drop is silence', () => {
    const { ask } = lab([], { corefile: corefileOf('acl {\ndrop\n}') });
    assert.throws(() => ask('x.a.test.'), /no reply/);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['foo', `unexpected token "foo"; expect 'allow', 'block', 'filter' or 'drop'`],
    ['allow foo', `unexpected token "foo"; expect 'type | net'`],
    ['allow type', 'no token specified in "type" section'],
    ['block type foo', 'unexpected token "foo"; expect legal QTYPE'],
    ['block net 10.0.0.0/33', 'illegal CIDR notation "10.0.0.0/33"'],
  ];
  for (const [policy, want] of refused) {
    it(`refuses ${policy}`, () => {
      const message = `plugin/acl: /etc/coredns/Corefile:3 - Error during parsing: ${want}`;
      const corefile = `. {\nacl {\n${policy}\n}\n}`;
      assert.throws(() => lab([], { corefile }), { message });
    });
  }
});
