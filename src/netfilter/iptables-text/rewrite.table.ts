// How iptables-save 1.8.9 rewrites what is written: measured rows (kernel.md "How iptables-save rewrites", corrections
// B7), used by the unit test here and by test/kernel.test.ts, which asks the real tool. `want` absent: unchanged.
import type { Family } from '../../net/addr.ts';

export interface RewriteRow {
  readonly input: string;
  readonly want?: string;
  /** Default 4. */
  readonly family?: Family;
  /** Default filter. */
  readonly table?: 'nat' | 'raw';
  /** Why the real tool cannot load it here; only the text is checked. */
  readonly textOnly?: string;
}

const mask4 = '--mask 255.255.255.255';
const mask6 = '--mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';

export const rewriteRows: readonly RewriteRow[] = [
  { input: '-j MARK --or-mark 0x4000', want: '-j MARK --set-xmark 0x4000/0x4000' },
  { input: '-j MARK --xor-mark 0x4000', want: '-j MARK --set-xmark 0x4000/0x0' },
  { input: '-j MARK --and-mark 0xfffffffe', want: '-j MARK --set-xmark 0x0/0x1' },
  { input: '-j MARK --set-mark 0x1', want: '-j MARK --set-xmark 0x1/0xffffffff' },
  { input: '-j MARK --set-mark 0x2/0x3', want: '-j MARK --set-xmark 0x2/0x3' },
  {
    input: '-m mark ! --mark 0x00004000/0x00004000 -j RETURN',
    want: '-m mark ! --mark 0x4000/0x4000 -j RETURN',
  },
  { input: '-m mark --mark 0x4000/0xffffffff -j RETURN', want: '-m mark --mark 0x4000 -j RETURN' },
  { input: '-m mark --mark 0x0/0x4000 -j RETURN' },
  { input: '-m mark --mark 0x5000/0x4000 -j RETURN' },
  { input: '-s 10.0.0.1 -j ACCEPT', want: '-s 10.0.0.1/32 -j ACCEPT' },
  { input: '-d 10.244.1.7/24 -j ACCEPT', want: '-d 10.244.1.0/24 -j ACCEPT' },
  { input: '-s 0.0.0.0/0 -j DROP', want: '-j DROP' },
  { input: '! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j ACCEPT' },
  {
    input: '-m comment --comment "a b" -p tcp --dport 80 -j ACCEPT',
    want: '-p tcp -m comment --comment "a b" -m tcp --dport 80 -j ACCEPT',
  },
  {
    input: '-m comment --comment "demo/web:http cluster IP" -m tcp -p tcp -d 10.96.0.1 --dport 80',
    want: '-d 10.96.0.1/32 -p tcp -m comment --comment "demo/web:http cluster IP" -m tcp --dport 80',
  },
  { input: '-m comment --comment plain -j ACCEPT' },
  {
    input: '-m comment --comment "plain_-9" -j ACCEPT',
    want: '-m comment --comment plain_-9 -j ACCEPT',
  },
  { input: '-m comment --comment "" -j ACCEPT' },
  { input: '-m comment --comment a.b -j ACCEPT', want: '-m comment --comment "a.b" -j ACCEPT' },
  { input: '-m comment --comment "it\\\'s \\"q\\" \\\\ x" -j ACCEPT' },
  { input: '-m comment --comment "naïve" -j ACCEPT' },
  {
    input: '-p tcp -m recent --set --name S --rsource -m tcp -j DNAT --to-destination 10.0.0.1:80',
    want: `-p tcp -m recent --set --name S ${mask4} --rsource -m tcp -j DNAT --to-destination 10.0.0.1:80`,
    table: 'nat',
  },
  {
    input: '-m recent --name S --rcheck --seconds 10800 --reap -j ACCEPT',
    want: `-m recent --rcheck --seconds 10800 --reap --name S ${mask4} --rsource -j ACCEPT`,
  },
  { input: '-j MASQUERADE --random-fully', table: 'nat' },
  { input: '-j MASQUERADE', table: 'nat' },
  { input: '-p udp -m udp --dport 53 -m conntrack --ctstate NEW,RELATED -j ACCEPT' },
  {
    input: '-m conntrack ! --ctstate DNAT,SNAT,UNTRACKED,RELATED,ESTABLISHED,INVALID,NEW -j DROP',
    want: '-m conntrack ! --ctstate INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED,SNAT,DNAT -j DROP',
  },
  { input: '-p tcp -m tcp --dport 80 -m state --state NEW -j ACCEPT' },
  { input: '-m addrtype --dst-type LOCAL -j ACCEPT' },
  { input: '-m addrtype ! --src-type LOCAL -j ACCEPT' },
  { input: '-p tcp -m multiport --dports 80,443 -j ACCEPT' },
  { input: '-p tcp -m multiport ! --sports 80 -j ACCEPT' },
  {
    input: '-m set ! --match-set NOSUCH dst -j ACCEPT',
    textOnly: 'the set must exist (refused: Set NOSUCH does not exist)',
  },
  {
    input: '-m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP',
    want: '-m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP',
    textOnly: 'the nfacct object must exist',
  },
  {
    input: '-s 10.0.0.1 -m ipvs --vport 80 --vaddr 1.2.3.0/24 --vproto tcp -j DROP',
    want: '-s 10.0.0.1/32 -m ipvs --vproto 6 --vaddr 1.2.3.0/24 --vport 80 -j DROP',
    textOnly: 'the module xt_ipvs must be there; measured on Linux 6.1',
  },
  {
    input: '-m ipvs ! --vaddr 10.96.0.0/16 ! --vproto udp ! --vport 81 -j ACCEPT',
    want: '-m ipvs ! --vproto 17 ! --vaddr 10.96.0.0/16 ! --vport 81 -j ACCEPT',
    textOnly: 'the module xt_ipvs must be there; measured on Linux 6.1',
  },
  { input: '-p sctp -m sctp --dport 80 -j ACCEPT' },
  { input: '-m physdev ! --physdev-is-bridged -j ACCEPT' },
  { input: '-m physdev --physdev-is-in -j ACCEPT' },
  { input: '-m physdev ! --physdev-is-in -j ACCEPT' },
  { input: '-m state --state NEW -j ACCEPT' },
  {
    input: '-p tcp -m state ! --state ESTABLISHED,RELATED -j DROP',
    want: '-p tcp -m state ! --state RELATED,ESTABLISHED -j DROP',
  },
  { input: '-m addrtype --dst-type UNICAST -j ACCEPT' },
  { input: '-m addrtype ! --dst-type MULTICAST -j ACCEPT' },
  { input: '-m addrtype --src-type BROADCAST -j DROP' },
  { input: '-i lo -j ACCEPT' },
  { input: '! -i veth+ ! -o lo -j DROP' },
  { input: '-p tcp -j DNAT --to-destination 10.0.0.1:80 --random', table: 'nat' },
  { input: '-p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1', table: 'nat' },
  { input: '-p tcp -j REDIRECT --to-ports 8080', table: 'nat' },
  { input: '-j SNAT --to-source 1.2.3.4 --random-fully', table: 'nat' },
  { input: '-d 1.2.3.4/32 -p udp -m udp --dport 53 -j NOTRACK', table: 'raw' },
  { input: '-p tcp -m tcp --sport 53 -j CT --notrack', table: 'raw' },
  { input: '-j REJECT', want: '-j REJECT --reject-with icmp-port-unreachable' },
  { input: '-p tcp -j REJECT --reject-with tcp-reset' },
  { input: '-j REJECT --reject-with icmp-admin-prohibited' },
  {
    input: '-m tcp -p tcp ! --sport 1:5 --dport 1000: -j DROP',
    want: '-p tcp -m tcp ! --sport 1:5 --dport 1000:65535 -j DROP',
  },
  { input: '-p tcp -m tcp --dport 6 -m tcp --sport 5', want: '-p tcp -m tcp --sport 5 --dport 6' },
  { input: '-p tcp -m tcp --dport 0:65535 -j DROP', want: '-p tcp -m tcp -j DROP' },
  { input: '! -p udp -j ACCEPT' },
  {
    input: '-m statistic --mode random --probability 0.3333333333 -j ACCEPT',
    want: '-m statistic --mode random --probability 0.33333333349 -j ACCEPT',
  },
  { family: 6, input: '-d fd00:10:96::a -j ACCEPT', want: '-d fd00:10:96::a/128 -j ACCEPT' },
  {
    family: 6,
    input: '-m addrtype --dst-type LOCAL ! -d ::1/128 -j ACCEPT',
    want: '! -d ::1/128 -m addrtype --dst-type LOCAL -j ACCEPT',
  },
  {
    family: 6,
    input: '-m recent --set --name S -j ACCEPT',
    want: `-m recent --set --name S ${mask6} --rsource -j ACCEPT`,
  },
  { family: 6, input: '-j REJECT', want: '-j REJECT --reject-with icmp6-port-unreachable' },
  { family: 6, input: '-p tcp -m tcp -j DNAT --to-destination [fd00::3]:80', table: 'nat' },
];
