// What nft lists, read back: the same text again, and refusals that name line and word. Random tables make the round
// trip in test/property-nft-text.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRuleset } from './parse.ts';
import { listRuleset } from './print.ts';

const text = `table ip kube-proxy {
	comment "rules for kube-proxy"
	set affinity-GTK6MW7G-ns5/svc5/tcp/p80__10.180.0.3/80 {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 1m30s
	}

	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 172.30.0.41 . tcp . 80 : goto service-ULMVA6XW-ns1/svc1/tcp/p80,
			     172.30.0.42 . udp . 337 comment "ns/svc: dns" : drop }
	}

	chain filter-output {
		type filter hook output priority -110; policy accept;
		ct state new jump firewall-check
	}

	chain nat-prerouting {
		comment "first"
		type nat hook prerouting priority dstnat - 10; policy accept;
		ip daddr . meta l4proto . th dport vmap @service-ips
		fib daddr type local ip daddr != 127.0.0.0/8 iifname "cali*" counter packets 0 bytes 0
		meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random
		update @affinity-GTK6MW7G-ns5/svc5/tcp/p80__10.180.0.3/80 { ip saddr }
		meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.0.0.1 . 80, 1 : 10.0.0.2 . 80 }
		meta l4proto tcp dnat to 10.180.0.1:80 comment "to one"
		ip saddr != { 8.8.8.0/24, 9.9.9.9, 203.0.113.0-203.0.113.9 } drop
		tcp dport 80-90 reject with icmp admin-prohibited
		redirect to :8080
	}
}
table ip6 other {
	chain post {
		dnat to [fd00::1]:80
		ip6 saddr fd00::/64 reject
	}
}
`;

test('what is listed reads back and is listed the same', () => {
  assert.equal(listRuleset({ nft: parseRuleset(text) }), text);
  assert.deepEqual(parseRuleset(''), []);
});

const refusals: readonly (readonly [name: string, from: string, to: string, want: RegExp])[] = [
  [
    'a family',
    'table ip kube',
    'table inet kube',
    /^line 1: family inet is not modelled: ip, ip6$/,
  ],
  ['a type', 'type ipv4_addr\n', 'type ether_addr\n', /^line 4: type ether_addr is not modelled$/],
  ['a property', 'size 65535', 'gc-interval 1m', /^line 5: property gc-interval of a set is not/],
  ['a flag', 'dynamic,timeout', 'dynamic,x', /^line 6: flag x is not modelled$/],
  ['a time', '1m30s', '1w', /^line 7: "1w" is no time$/],
  ['a statement', 'ct state new', 'limit rate 1/second', /^line 18: "limit" is not modelled$/],
  ['a priority', 'dstnat - 10', 'first', /^line 23: "first" is no priority$/],
  ['a verdict', ': drop }', ': stop }', /^line 13: "stop" is no verdict$/],
  ['an address', '9.9.9.9', '9.9.9', /"9.9.9" is no IP address$/],
  ['an end', '\n}\ntable', '\ntable', /^line 34: "chain" is wanted, not "table"$/],
];

for (const [name, from, to, want] of refusals) {
  test(`refused with its line: ${name}`, () => {
    assert.ok(text.includes(from));
    assert.throws(
      () => parseRuleset(text.replace(from, to)),
      (error: Error) => want.test(error.message) || assert.fail(error.message),
    );
  });
}
