// The plugin `autopath` over a resolv.conf (DNS fact sheet C, CoreDNS plugin/autopath/autopath_test.go).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lab, UDP } from '../../fixture.test.ts';

const files = { '/etc/coredns/pod.conf': 'nameserver 10.96.0.10\nsearch one.test two.test\n' };

const DOWN = `template IN A two.test {
  match ^web\\.
  answer "{{ .Name }} 60 IN A 10.0.0.2"
  fallthrough
}
template IN A {
  match ^empty\\.two
  fallthrough
}
template IN A {
  rcode NXDOMAIN
  authority "{{ .Zone }} 60 IN SOA ns.test. h.test. 1 60 60 60 60"
}`;
const corefile = `. {\nautopath /etc/coredns/pod.conf\n${DOWN}\n}`;

describe('autopath', () => {
  it('C: the first answer that is not NXDOMAIN comes as an alias of what was asked', () => {
    assert.deepEqual(lab([], { corefile, files }).ask('web.one.test.').answers, [
      'web.one.test. 60 CNAME web.two.test.',
      'web.two.test. 60 A 10.0.0.2',
    ]);
  });

  it('C: all NXDOMAIN: the first reply goes back', () => {
    const { rcode, authority, message } = lab([], { corefile, files }).ask('nope.one.test.');
    assert.equal(rcode, 'NXDOMAIN');
    assert.equal(authority.length, 1);
    assert.equal(message.questions[0]?.name, 'nope.one.test.');
  });

  it('C: only names under the first domain of the path', () => {
    assert.deepEqual(lab([], { corefile, files }).ask('web.two.test.').answers, [
      'web.two.test. 60 A 10.0.0.2',
    ]);
    assert.equal(lab([], { corefile, files }).ask('web.three.test.').rcode, 'NXDOMAIN');
  });

  it('a handler that the block does not have changes nothing', () => {
    const without = corefile.replace('/etc/coredns/pod.conf', '@kubernetes');
    assert.equal(lab([], { corefile: without, files }).ask('web.one.test.').rcode, 'NXDOMAIN');
  });

  it('a resolv.conf without search path covers no name', () => {
    const bare = { '/etc/coredns/pod.conf': 'nameserver 10.96.0.10\n' };
    assert.deepEqual(lab([], { corefile, files: bare }).ask('web.two.test.').answers, [
      'web.two.test. 60 A 10.0.0.2',
    ]);
    const other = `. {\nautopath /etc/coredns/pod.conf\ntemplate IN A {\nanswer "b. 60 IN A 10.0.0.3"\n}\n}`;
    assert.deepEqual(lab([], { corefile: other, files: bare }).ask('a.').answers, [
      'b. 60 A 10.0.0.3',
    ]);
  });

  it('a handler that knows no search path ends the process', () => {
    const { server } = lab([], { corefile: '. {\nautopath @whoami\nwhoami\n}' });
    const exchange = () => assert.fail('nobody is asked');
    const text = 'plugin/autopath: whoami does not implement the AutoPather interface';
    assert.equal(
      server.started({ client: { addr: 1, port: 0, proto: UDP }, nowMs: 0, exchange }),
      text,
    );
  });

  it('plugins behind it change a copy of the query', () => {
    const flags = (line: string) => {
      const text = `. {\n${line}header {\nquery clear rd\n}\n}`;
      return lab([], { corefile: text, files, version: '1.14.7' }).ask('a.one.test.').flags;
    };
    assert.equal(flags(''), 'qr');
    assert.equal(flags('autopath /etc/coredns/pod.conf\n'), 'qr rd');
  });

  it('refuses what names no search path', () => {
    assert.throws(() => lab([], { corefile: '. {\nautopath\n}' }), {
      message: 'plugin/autopath: no resolv-conf specified',
    });
    assert.throws(() => lab([], { corefile: '. {\nautopath /nope\n}' }), {
      message: 'plugin/autopath: failed to parse "/nope": open /nope: no such file or directory',
    });
  });
});
