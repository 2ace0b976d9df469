// Rules of a chain of the nat table and the lines in which `iptables -t nat -nvL` lists them: measured, iptables 1.8.9
// (nf_tables) on Linux 6.18.

export interface ListRow {
  /** As iptables-save prints it, without -A and the chain. */
  readonly rule: string;
  readonly want: string;
}

export const listRows: readonly ListRow[] = [
  {
    rule: '! -s 10.0.0.0/8 ! -d 10.1.1.1/32 ! -i eth0 ! -p tcp -j ACCEPT',
    want: '    0     0 ACCEPT    !6    --  !eth0  *      !10.0.0.0/8          !10.1.1.1            ',
  },
  {
    rule: '-i eth+ -o lo -j RETURN',
    want: '    0     0 RETURN     0    --  eth+   lo      0.0.0.0/0            0.0.0.0/0           ',
  },
  {
    rule: '-p tcp -m tcp --sport 5 --dport 6 -j DNAT --to-destination 1.2.3.4:80',
    want: '    0     0 DNAT       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp spt:5 dpt:6 to:1.2.3.4:80',
  },
  {
    rule: '-p tcp -m tcp ! --sport 5:7 -j DNAT --to-destination 1.2.3.4 --random',
    want: '    0     0 DNAT       6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp spts:!5:7 to:1.2.3.4 random',
  },
  {
    rule: '-p tcp -m tcp -j REDIRECT --to-ports 5',
    want: '    0     0 REDIRECT   6    --  *      *       0.0.0.0/0            0.0.0.0/0            tcp redir ports 5',
  },
  {
    rule: '-p udp -m multiport ! --dports 1,2,3 -j REDIRECT --to-ports 6',
    want: '    0     0 REDIRECT   17   --  *      *       0.0.0.0/0            0.0.0.0/0            multiport dports  !1,2,3 redir ports 6',
  },
  {
    rule: '-p udp -m multiport --sports 1,2,3 -g W',
    want: '    0     0 W          17   --  *      *       0.0.0.0/0            0.0.0.0/0           [goto]  multiport sports 1,2,3',
  },
  {
    rule: '-m mark --mark 0x4000/0x4000 -j MARK --set-xmark 0x4000/0x0',
    want: '    0     0 MARK       0    --  *      *       0.0.0.0/0            0.0.0.0/0            mark match 0x4000/0x4000 MARK xor 0x4000',
  },
  {
    rule: '-m mark ! --mark 0x4000 -j MARK --set-xmark 0x1/0xffffffff',
    want: '    0     0 MARK       0    --  *      *       0.0.0.0/0            0.0.0.0/0            mark match ! 0x4000 MARK set 0x1',
  },
  {
    rule: '-j MARK --set-xmark 0x4000/0x4000',
    want: '    0     0 MARK       0    --  *      *       0.0.0.0/0            0.0.0.0/0            MARK or 0x4000',
  },
  {
    rule: '-j MARK --set-xmark 0x0/0x4000',
    want: '    0     0 MARK       0    --  *      *       0.0.0.0/0            0.0.0.0/0            MARK and 0xffffbfff',
  },
  {
    rule: '-j MARK --set-xmark 0x1/0x3',
    want: '    0     0 MARK       0    --  *      *       0.0.0.0/0            0.0.0.0/0            MARK xset 0x1/0x3',
  },
  {
    rule: '-m conntrack --ctstate NEW,DNAT -m comment --comment "a \\"b\\" c" -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ctstate NEW,DNAT /* a "b" c */',
  },
  {
    rule: '-m conntrack ! --ctstate INVALID -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ! ctstate INVALID',
  },
  {
    rule: '-m state --state NEW -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            state NEW',
  },
  {
    rule: '-m state ! --state NEW -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ! state NEW',
  },
  {
    rule: '-m addrtype --dst-type LOCAL -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ADDRTYPE match dst-type LOCAL',
  },
  {
    rule: '-m addrtype ! --src-type LOCAL -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ADDRTYPE match src-type !LOCAL',
  },
  {
    rule: '-m addrtype --dst-type LOCAL --limit-iface-in -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ADDRTYPE match dst-type LOCAL limit-in',
  },
  {
    rule: '-m statistic --mode random --probability 0.33333333349 -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            statistic mode random probability 0.33333333349',
  },
  {
    rule: '-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-X --mask 255.255.255.255 --rsource -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            recent: CHECK seconds: 10800 reap name: KUBE-SEP-X side: source mask: 255.255.255.255',
  },
  {
    rule: '-m recent --set --name KUBE-SEP-X --mask 255.255.255.255 --rsource',
    want: '    0     0            0    --  *      *       0.0.0.0/0            0.0.0.0/0            recent: SET name: KUBE-SEP-X side: source mask: 255.255.255.255',
  },
  {
    rule: '-m physdev --physdev-is-bridged -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            PHYSDEV match --physdev-is-bridged',
  },
  {
    rule: '-m physdev ! --physdev-is-in -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            PHYSDEV match ! --physdev-is-in',
  },
  {
    rule: '-m physdev --physdev-is-out -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            PHYSDEV match --physdev-is-out',
  },
  {
    rule: '-m set --match-set S src,dst -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            match-set S src,dst',
  },
  {
    rule: '-m set ! --match-set S dst,dst -j ACCEPT',
    want: '    0     0 ACCEPT     0    --  *      *       0.0.0.0/0            0.0.0.0/0            ! match-set S dst,dst',
  },
  {
    rule: '-p sctp -m sctp --dport 9 -j ACCEPT',
    want: '    0     0 ACCEPT     132  --  *      *       0.0.0.0/0            0.0.0.0/0            sctp dpt:9',
  },
  {
    rule: '-p udp -m udp -j ACCEPT',
    want: '    0     0 ACCEPT     17   --  *      *       0.0.0.0/0            0.0.0.0/0            udp',
  },
  {
    rule: '-p icmp -j ACCEPT',
    want: '    0     0 ACCEPT     1    --  *      *       0.0.0.0/0            0.0.0.0/0           ',
  },
  {
    rule: '-p ipv6-icmp -j ACCEPT',
    want: '    0     0 ACCEPT     58   --  *      *       0.0.0.0/0            0.0.0.0/0           ',
  },
  {
    rule: '-s 10.0.0.1/32 -d 10.0.0.0/24',
    want: '    0     0            0    --  *      *       10.0.0.1             10.0.0.0/24         ',
  },
];
