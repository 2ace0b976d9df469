// What a kube-proxy's version changes in the objects it works on, before any mode sees them. The
// version is the last number of each row; the same objects are read by the version before, too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service, slice, testConfig, testNode } from '../../test/arbitraries/proxy-objects.ts';
import type { Endpoint } from '../api/types.ts';
import { formatCidr } from '../net/cidr.ts';
import { localityOf } from './config.ts';
import { distinctFor, portEndpoints } from './endpoints.ts';
import { servicePorts } from './service-port.ts';

const ranges = (minor: number, ...loadBalancerSourceRanges: readonly string[]) => {
  const object = service('ns/svc', { clusterIP: '172.30.0.1', loadBalancerSourceRanges });
  return servicePorts(object, 4, minor).map(({ sourceRanges }) =>
    sourceRanges.map(({ value }) => formatCidr(value)).join(),
  );
};

const here = { nodeName: 'testhost' };
const elsewhere = { nodeName: 'other' };
const draining = { conditions: { ready: false, serving: true, terminating: true } };

/** The nodes of the endpoints that count when 10.0.0.1 is in slices "a", "b" ... in this way. */
const counted = (minor: number, ...endpoints: readonly Partial<Endpoint>[]) => {
  const slices = endpoints.map((endpoint, i) =>
    slice('ns/svc', [{ ip: '10.0.0.1', ...endpoint }], { name: String.fromCharCode(97 + i) }),
  );
  const found = portEndpoints(slices, 4, 'p80', 6);
  return distinctFor(found, localityOf({ ...testConfig, minor }, testNode)).map(
    ({ nodeName, terminating }) => `${nodeName}${terminating ? ' terminating' : ''}`,
  );
};

const rows: readonly { readonly name: string; readonly got: unknown; readonly want: unknown }[] = [
  {
    name: 'A3 up to 1.33 a source range of length 0 is a range like others',
    got: ranges(33, '10.0.0.0/8', '0.0.0.0/0'),
    want: ['10.0.0.0/8,0.0.0.0/0'],
  },
  {
    name: 'A3 since 1.34 a source range of length 0 is no restriction, whatever stands beside it',
    got: ranges(34, '10.0.0.0/8', '0.0.0.0/0'),
    want: [''],
  },
  {
    name: 'A3 ... but not one of the other family',
    got: ranges(34, '10.0.0.0/8', '::/0'),
    want: ['10.0.0.0/8'],
  },
  {
    name: 'A5 up to 1.35 the first of two endpoints of one address counts',
    got: counted(35, { ...elsewhere, ...draining }, elsewhere),
    want: ['other terminating'],
  },
  {
    name: 'A5 ... unless a later one is on the node',
    got: counted(35, elsewhere, { ...here, ...draining }),
    want: ['testhost terminating'],
  },
  {
    name: 'A5 since 1.36 the last of them that does not terminate counts',
    got: counted(36, { ...here, ...draining }, elsewhere, { ...here, ...draining }),
    want: ['other'],
  },
  {
    name: 'A5 since 1.36 the first counts when all terminate',
    got: counted(36, { ...elsewhere, ...draining }, { ...here, ...draining }),
    want: ['other terminating'],
  },
];

for (const { name, got, want } of rows) test(name, () => assert.deepEqual(got, want));
