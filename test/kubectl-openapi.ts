// The OpenAPI documents that a server of ours gives the machine's kubectl, made of schema/explain.json: paths and schemas as
// `kubectl explain` looks for them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemeOf } from '../src/api/scheme.ts';
import type { Docs, TypeDoc } from '../src/programs/kubectl/explain/docs.ts';

export const fieldDocs = readFileSync(
  join(import.meta.dirname, '..', '..', 'schema', 'explain.json'),
  'utf8',
);
const docs = JSON.parse(fieldDocs) as Docs;

const nameOf = (type: string): string => `io.k8s.api.${type.replaceAll('/', '.')}`;

function schemaOf(code: string): object {
  if (code.startsWith('[]')) return { type: 'array', items: schemaOf(code.slice(2)) };
  if (code.startsWith('{}')) {
    return { type: 'object', additionalProperties: schemaOf(code.slice(2)) };
  }
  const type = docs.types[code];
  if (type === undefined) return { type: code };
  // Of a CustomResourceDefinition: everything below its kind stands in place.
  if (code.endsWith('.Object')) return bodyOf(code, type);
  return { default: {}, allOf: [{ $ref: `#/components/schemas/${nameOf(code)}` }] };
}

function componentOf(name: string, type: TypeDoc): object {
  const kind = /^(\w+)\/(v\w+)\.(\w+)$/.exec(name);
  const row = docs.roots.includes(name) ? schemeOf(kind?.[3] ?? '') : undefined;
  const of = row && { group: row.group, version: row.version, kind: row.kind };
  return {
    description: type.d,
    ...bodyOf(name, type),
    ...(of === undefined ? {} : { 'x-kubernetes-group-version-kind': [of] }),
  };
}

function bodyOf(name: string, { t, r, p }: TypeDoc): object {
  const oneOf = /IntOrString|Quantity/.test(name) ? { oneOf: [{ type: 'string' }] } : {};
  const properties = Object.fromEntries(
    Object.entries(p ?? {}).map(([field, [code, description, values]]) => [
      field,
      {
        ...(description === '' ? {} : { description }),
        ...schemaOf(code),
        ...(values === undefined ? {} : { enum: values }),
      },
    ]),
  );
  return {
    ...(Object.keys(oneOf).length > 0 ? oneOf : { type: t ?? 'object' }),
    ...(r === undefined ? {} : { required: r }),
    ...(p === undefined ? {} : { properties }),
  };
}

const schemas = Object.fromEntries(
  Object.entries(docs.types)
    .filter(([name]) => !name.endsWith('.Object'))
    .map(([name, type]) => [nameOf(name), componentOf(name, type)]),
);

/** What GET /openapi/v3 and the paths it names answer; undefined for other paths. */
export function openApi(path: string): unknown {
  const rows = docs.roots.flatMap((name) => schemeOf(name.split('.')[1] ?? '') ?? []);
  const groups = new Map(
    rows.map(({ group, version }) => {
      const at = group === '' ? `api/${version}` : `apis/${group}/${version}`;
      return [at, { serverRelativeURL: `/openapi/v3/${at}?hash=1` }];
    }),
  );
  if (path === '/openapi/v3') return { paths: Object.fromEntries(groups) };
  const at = path.replace('/openapi/v3/', '');
  if (!groups.has(at)) return undefined;
  const paths = rows.map(({ group, version, resource, namespaced, kind }) => {
    const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const below = namespaced ? '/namespaces/{namespace}' : '';
    const of = { 'x-kubernetes-group-version-kind': { group, version, kind } };
    return [`${base}${below}/${resource}`, { get: of }];
  });
  return { openapi: '3.0.0', paths: Object.fromEntries(paths), components: { schemas } };
}
