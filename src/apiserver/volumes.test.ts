// What claims must ask for and what may change of claims, volumes and bindings of roles: the errors word by word.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../api/error.ts';
import type { AnyObject } from '../api/types.ts';
import { clusterSpec, newServer } from './server.fixture.ts';

const metadata = { name: 'x', namespace: 'default' };

function claim(spec: object, storage?: string): AnyObject {
  const resources = storage === undefined ? {} : { resources: { requests: { storage } } };
  const given = { accessModes: ['ReadWriteOnce'], ...resources, ...spec };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: given };
}

function binding(kind: string, name: string): AnyObject {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const place = kind === 'RoleBinding' ? metadata : { name: 'x' };
  return { apiVersion, kind, metadata: place, roleRef: { kind: 'ClusterRole', name } } as AnyObject;
}

const invalidClaim = 'PersistentVolumeClaim "x" is invalid: ';
const frozen =
  'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const shrunk =
  'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity';
const modes = '"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"';

const rows: readonly {
  readonly name: string;
  readonly old?: AnyObject;
  /** Of the stored object. */
  readonly status?: object;
  readonly given: AnyObject;
  readonly minor?: number;
  /** null: accepted. */
  readonly want: string | null;
}[] = [
  {
    name: 'no size',
    given: claim({}),
    want: `${invalidClaim}spec.resources[storage]: Required value`,
  },
  {
    name: 'no access mode',
    given: claim({ accessModes: [] }, '1Gi'),
    want: `${invalidClaim}spec.accessModes: Required value: at least 1 access mode is required`,
  },
  {
    name: 'an access mode that does not exist',
    given: claim({ accessModes: ['RWO'] }, '1Gi'),
    want: `${invalidClaim}spec.accessModes: Unsupported value: "RWO": supported values: ${modes}`,
  },
  {
    name: 'one Pod alone, and others',
    given: claim({ accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] }, '1Gi'),
    want: `${invalidClaim}spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes`,
  },
  {
    name: 'a size of nothing',
    given: claim({}, '0'),
    want: `${invalidClaim}spec.resources[storage]: Invalid value: "0": must be greater than zero`,
  },
  {
    name: 'other access modes',
    old: claim({}, '1Gi'),
    given: claim({ accessModes: ['ReadWriteMany'] }, '1Gi'),
    want: `${invalidClaim}${frozen}`,
  },
  {
    name: 'another size, not bound',
    old: claim({}, '1Gi'),
    given: claim({}, '2Gi'),
    want: `${invalidClaim}${frozen}`,
  },
  {
    name: 'a bound claim grows',
    old: claim({}, '1Gi'),
    status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    given: claim({}, '2Gi'),
    want: null,
  },
  {
    name: 'a bound claim shrinks below what it has',
    old: claim({}, '2Gi'),
    status: { phase: 'Bound', capacity: { storage: '2Gi' } },
    given: claim({}, '1Gi'),
    want: `${invalidClaim}${shrunk}`,
  },
  {
    name: 'a bound claim takes back what it never got',
    old: claim({}, '3Gi'),
    status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    given: claim({}, '2Gi'),
    want: null,
  },
  {
    name: 'the volume is named once',
    old: claim({}, '1Gi'),
    given: claim({ volumeName: 'v' }, '1Gi'),
    want: null,
  },
  {
    name: 'the volume is named twice',
    old: claim({ volumeName: 'u' }, '1Gi'),
    given: claim({ volumeName: 'v' }, '1Gi'),
    want: `${invalidClaim}${frozen}`,
  },
  {
    name: 'another role',
    old: binding('RoleBinding', 'view'),
    given: binding('RoleBinding', 'edit'),
    want: 'RoleBinding.rbac.authorization.k8s.io "x" is invalid: roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"edit"}: cannot change roleRef',
  },
  {
    name: 'another cluster role, before 1.34',
    old: binding('ClusterRoleBinding', 'view'),
    given: binding('ClusterRoleBinding', 'edit'),
    minor: 33,
    want: 'ClusterRoleBinding.rbac.authorization.k8s.io "x" is invalid: roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"ClusterRole", Name:"edit"}: cannot change roleRef',
  },
  {
    name: 'the same role',
    old: binding('RoleBinding', 'view'),
    given: binding('RoleBinding', 'view'),
    want: null,
  },
];

for (const { name, old, status, given, minor = 34, want } of rows) {
  test(`A11 volumes and bindings: ${name}`, () => {
    const server = newServer({ spec: clusterSpec({ minor }) });
    if (old !== undefined) server.create(old);
    if (status !== undefined) server.updateStatus({ ...given, status });
    const write = () => (old === undefined ? server.create(given) : server.update(given));
    if (want === null) write();
    else assert.throws(write, (error) => error instanceof ApiError && error.message === want);
  });
}

test('A11 a PersistentVolume is retained, a file system, and available', () => {
  const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' } };
  const made = newServer().create({ ...volume, spec: { hostPath: { path: '/a' } } } as AnyObject);
  assert.deepEqual(
    [made['spec'], made['status']],
    [
      {
        hostPath: { path: '/a' },
        persistentVolumeReclaimPolicy: 'Retain',
        volumeMode: 'Filesystem',
      },
      { phase: 'Available' },
    ],
  );
});
