// Which scenarios a run in one mode of kube-proxy leaves out, and why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unfit } from './modes.ts';

const rows = [
  { name: 'a run without --proxy-mode leaves nothing out', tags: ['@mode-ipvs'], want: null },
  { name: 'no tag about modes: it runs in each', tags: ['@case-23'], mode: 'ipvs', want: null },
  { name: 'its own mode', tags: ['@mode-ipvs'], mode: 'ipvs', want: null },
  { name: 'one of two', tags: ['@mode-iptables', '@mode-ipvs'], mode: 'ipvs', want: null },
  {
    name: 'another one',
    tags: ['@doc-004', '@mode-iptables', '@mode-userspace'],
    mode: 'nftables',
    want: '--proxy-mode nftables: the scenario is about iptables and userspace mode',
  },
] as const;

for (const { name, tags, want, ...row } of rows) {
  test(`modes: ${name}`, () => {
    assert.equal(unfit(tags, 'mode' in row ? row.mode : undefined), want);
  });
}
