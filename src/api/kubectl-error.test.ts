import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiError } from './error.ts';
import { required, unsupported } from './field/errors.ts';
import { type KubectlErrorContext, kubectlError } from './kubectl-error.ts';
import { alreadyExists, internalError, invalidObject, notFound } from './refusals.ts';
import { rowOf } from './scheme.ts';

const service = rowOf({ kind: 'Service' });
const deployment = rowOf({ kind: 'Deployment' });
const one = required('spec.ports');
const two = unsupported('spec.type', 'x', ['ClusterIP']);

const rows: {
  readonly name: string;
  readonly error: ApiError;
  readonly context?: KubectlErrorContext;
  readonly want: string;
}[] = [
  {
    name: 'one cause stands on the same line, without the file',
    error: invalidObject(service, 'one', [one]),
    context: { file: 'one.yaml' },
    want: 'The Service "one" is invalid: spec.ports: Required value',
  },
  {
    name: 'several causes are listed',
    error: invalidObject(service, 'two', [one, two]),
    want: 'The Service "two" is invalid: \n* spec.ports: Required value\n* spec.type: Unsupported value: "x": supported values: "ClusterIP"',
  },
  {
    name: 'several failing objects print the raw message and the file',
    error: invalidObject(service, 'two', [one, two]),
    context: { file: 'two.yaml', several: true },
    want: 'Error from server (Invalid): error when creating "two.yaml": Service "two" is invalid: [spec.ports: Required value, spec.type: Unsupported value: "x": supported values: "ClusterIP"]',
  },
  {
    name: 'a group kind prints without its group, its raw message with it',
    error: invalidObject(deployment, 'd', [one]),
    want: 'The Deployment "d" is invalid: spec.ports: Required value',
  },
  {
    name: 'AlreadyExists names the file',
    error: alreadyExists(service, { name: 'exists' }),
    context: { file: 'exists.yaml' },
    want: 'Error from server (AlreadyExists): error when creating "exists.yaml": services "exists" already exists',
  },
  {
    name: 'NotFound names resource and group',
    error: notFound(deployment, 'web'),
    want: 'Error from server (NotFound): deployments.apps "web" not found',
  },
  {
    name: 'InternalError',
    error: internalError(service, 'x', 'failed to allocate a nodePort: range is full'),
    context: { file: 'x.yaml' },
    want: 'Error from server (InternalError): error when creating "x.yaml": Internal error occurred: failed to allocate a nodePort: range is full',
  },
];
for (const row of rows) {
  test(`A7 kubectl: ${row.name}`, () => {
    assert.equal(kubectlError(row.error, row.context), row.want);
  });
}
