// What kube-proxy says of feature gates, as its own program said it: 1.34.1, 1.35.0 and 1.36.0 were asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveGates, wrongGates } from './feature-gates.ts';

const rows = [
  { minor: 34, gates: { Foo: true }, want: ['unrecognized feature gate: Foo'] },
  { minor: 34, gates: { Foo: true, Bar: false }, want: ['unrecognized feature gate: Bar'] },
  { minor: 31, gates: { Foo: true }, want: [] },
  { minor: 34, gates: { NFTablesProxyMode: true, AllAlpha: true }, want: [] },
  {
    minor: 34,
    gates: { NFTablesProxyMode: false },
    want: ['cannot set feature gate NFTablesProxyMode to false, feature is locked to true'],
  },
  { minor: 32, gates: { NFTablesProxyMode: false }, want: [] },
  {
    minor: 34,
    gates: { TopologyAwareHints: false, MultiCIDRServiceAllocator: false },
    want: [
      'cannot set feature gate MultiCIDRServiceAllocator to false, feature is locked to true',
      'cannot set feature gate TopologyAwareHints to false, feature is locked to true',
    ],
  },
  { minor: 33, gates: { MultiCIDRServiceAllocator: false }, want: [] },
  {
    minor: 34,
    gates: { ServiceInternalTrafficPolicy: true },
    want: ['unrecognized feature gate: ServiceInternalTrafficPolicy'],
  },
  {
    minor: 36,
    gates: { ServiceTrafficDistribution: true },
    want: ['unrecognized feature gate: ServiceTrafficDistribution'],
  },
  {
    minor: 35,
    gates: { GangScheduling: true },
    want: [
      'GangScheduling is enabled, but depends on features that are disabled: [GenericWorkload]',
    ],
  },
  { minor: 35, gates: { GangScheduling: true, GenericWorkload: true }, want: [] },
  { minor: 35, gates: { AllAlpha: true, AllBeta: true }, want: [] },
  { minor: 36, gates: { AllBeta: false }, want: [] },
  {
    minor: 36,
    gates: { PodLevelResources: false },
    want: [
      'InPlacePodLevelResourcesVerticalScaling is enabled, but depends on features that are disabled: [PodLevelResources]',
    ],
  },
];

for (const { minor, gates, want } of rows) {
  test(`1.${minor} ${JSON.stringify(gates)}`, () => {
    const messages = wrongGates(gates, minor).map(({ message }) => message);
    assert.deepEqual(messages, want);
  });
}

test('AllAlpha and AllBeta switch what nothing else does', () => {
  const hints = (gates: Record<string, boolean>, minor: number) =>
    effectiveGates(gates, minor)['PreferSameTrafficDistribution'];
  assert.equal(hints({}, 34), undefined);
  assert.equal(hints({ AllAlpha: true }, 33), true);
  assert.equal(hints({ AllAlpha: true }, 34), undefined);
  assert.equal(hints({ AllBeta: false }, 34), false);
  assert.equal(hints({ AllBeta: false, PreferSameTrafficDistribution: true }, 34), true);
});
