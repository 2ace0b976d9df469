// The tools of a node that print what the kernel holds: iptables, ipset, ipvsadm, nft, conntrack, ss. They read and never
// write. What they print is the machine's to say; their command lines and words of refusal stand in a file for each. Not in
// containers.
import { conntrack } from './conntrack.ts';
import { ipset } from './ipset.ts';
import { iptables } from './iptables.ts';
import { iptablesSave } from './iptables-save.ts';
import { ipvsadm } from './ipvsadm.ts';
import { journalctl } from './journalctl.ts';
import { nft } from './nft.ts';
import type { Command } from './process.ts';
import { ss } from './ss.ts';
import { sysctl } from './sysctl.ts';

/** Those of an outside host: it has no sets and no tables of nf_tables. */
export const hostTools: Readonly<Record<string, Command>> = {
  conntrack,
  'iptables-save': iptablesSave,
  ipvsadm,
  journalctl,
};

export const nodeTools: Readonly<Record<string, Command>> = {
  conntrack,
  ip6tables: iptables,
  'ip6tables-save': iptablesSave,
  ipset,
  iptables,
  'iptables-save': iptablesSave,
  ipvsadm,
  nft,
  ss,
  sysctl,
};
