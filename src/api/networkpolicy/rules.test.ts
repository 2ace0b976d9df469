import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkPolicy, NetworkPolicySpec } from '../types.ts';
import { networkPolicyRules } from './rules.ts';

const spec: NetworkPolicySpec = {
  podSelector: {},
  ingress: [
    { from: [{ podSelector: {} }, { ipBlock: { cidr: '10.1.2.3/8', except: ['10.1.2.0/24'] } }] },
  ],
  egress: [
    {},
    { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['192.0.2.0/24', '2001:DB8::/32'] } }] },
  ],
};

const rows: readonly { minor: number; want: readonly string[] }[] = [
  { minor: 32, want: [] },
  {
    minor: 33,
    want: [
      'spec.ingress[0].from[1].ipBlock.cidr: CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)',
      'spec.egress[1].to[0].ipBlock.except[1]: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")',
    ],
  },
];

const policyOf = (given: NetworkPolicySpec): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p', namespace: 'default' },
  spec: given,
});

for (const { minor, want } of rows) {
  test(`1.${minor} warns of ${want.length} ranges of a policy`, () => {
    assert.deepEqual(networkPolicyRules.warnings?.(policyOf(spec), undefined, { minor }), want);
  });
}

const block = (cidr: string, except: readonly string[]): NetworkPolicySpec => ({
  podSelector: {},
  ingress: [{ from: [{ ipBlock: { cidr, except } }] }],
});
const at = 'spec.ingress[0].from[0].ipBlock';
const BITS = 'must not have bits set beyond the prefix length';

// ValidateIPBlock with StrictIPCIDRValidation, which is on from 1.36.
const strictRows: readonly {
  name: string;
  minor: number;
  given: NetworkPolicySpec;
  want: readonly string[];
}[] = [
  {
    name: '1.35 takes bits beyond the prefix',
    minor: 35,
    given: block('10.1.2.3/8', ['10.1.2.3/24']),
    want: [],
  },
  {
    name: '1.36 refuses them, of each range',
    minor: 36,
    given: block('10.1.2.3/8', ['10.1.2.3/24', '11.0.0.1/16']),
    want: [
      `${at}.cidr: ${BITS}`,
      `${at}.except[0]: ${BITS}`,
      `${at}.except[1]: ${BITS}`,
      `${at}.except[1]: must be a strict subset of \`cidr\``,
    ],
  },
];

for (const { name, minor, given, want } of strictRows) {
  test(name, () => {
    const causes = networkPolicyRules.validate?.(policyOf(given), { minor }) ?? [];
    assert.equal(causes.length, want.length);
    for (const [i, { field, text }] of causes.entries()) {
      const [wantField, wantText] = (want[i] ?? '').split(': ');
      assert.equal(field, wantField);
      assert.ok(text.endsWith(wantText ?? '-'), text);
    }
  });
}

test('1.36 takes a range that the stored policy has already', () => {
  const old = policyOf(block('10.1.2.3/8', ['10.1.2.3/24']));
  const update = (next: NetworkPolicySpec) =>
    networkPolicyRules.validateUpdate?.(policyOf(next), old, { minor: 36 }) ?? [];
  assert.deepEqual(update(block('10.1.2.3/8', ['10.1.2.0/24', '10.1.2.3/24'])), []);
  assert.equal(update(block('10.1.2.4/8', [])).length, 1);
});
