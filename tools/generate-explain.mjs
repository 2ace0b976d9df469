// Writes schema/explain.json, the field documentation that `kubectl explain` prints, from the OpenAPI definitions of a
// Kubernetes source tree (Apache-2.0), as the API server serves them, and from CustomResourceDefinitions: those of
// sigs.k8s.io/network-policy-api, config/crd/experimental (v1alpha1 of v0.1.7, v1alpha2 of v0.2.0). Usage:
//   node tools/generate-explain.mjs PATH/TO/kubernetes CRD.yaml...
// The files are only this tool's input; a fresh clone needs neither them nor a network.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = process.argv[2];
if (root === undefined) {
  console.error('usage: node tools/generate-explain.mjs PATH/TO/kubernetes CRD.yaml...');
  process.exit(2);
}
const text = readFileSync(join(root, 'pkg/generated/openapi/zz_generated.openapi.go'), 'utf8');

/** Root types: what is simulated or often asked for. */
const roots = [
  ...[
    'Namespace',
    'Node',
    'Pod',
    'Service',
    'Endpoints',
    'ConfigMap',
    'Secret',
    'ServiceAccount',
    'Event',
  ].map((kind) => `core/v1.${kind}`),
  ...['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'].map((kind) => `apps/v1.${kind}`),
  'batch/v1.Job',
  'batch/v1.CronJob',
  'discovery/v1.EndpointSlice',
  'networking/v1.NetworkPolicy',
  'networking/v1.Ingress',
  'networking/v1.IngressClass',
  'networking/v1.ServiceCIDR',
  'networking/v1.IPAddress',
  'coordination/v1.Lease',
  'policy/v1.PodDisruptionBudget',
  'autoscaling/v2.HorizontalPodAutoscaler',
];

const short = (path) => path.replace(/^k8s\.io\/(?:api|apimachinery\/pkg)\//, '');
const names = new Map(
  [...text.matchAll(/^\t\t"([^"]+)":\s+(schema_\w+)\(ref\),/gm)].map(([, path, fn]) => [
    fn,
    short(path),
  ]),
);

/** "[]core/v1.Container", "{}string", "string": lists, maps, then the name of a type or a scalar. */
function codeOf(block) {
  let code = '';
  let last = 'object';
  const token =
    /(Items): &spec\.SchemaOrArray|(AdditionalProperties): &spec\.SchemaOrBool|Ref:\s+ref\((?:"([^"]+)"|[^)]*)\)|Type:\s+\[\]string\{"(\w+)"\}/g;
  for (const [, items, map, ref, type] of block.matchAll(token)) {
    if (items) code += '[]';
    else if (map) code += '{}';
    else if (ref !== undefined) return code + short(ref);
    else if (type !== undefined) last = type;
  }
  return code + last;
}

const stringAt = (block, pattern) => {
  const match = pattern.exec(block);
  return match === null ? '' : JSON.parse(match[1]);
};

/** A type: d description, t type where it is no object, r required fields, p fields as [code, description, enum]. */
function definition(body) {
  const fields = {};
  for (const [, name, block] of body.matchAll(/^\t{5}"([^"]+)": \{\n([\s\S]*?)^\t{5}\},$/gm)) {
    const description = stringAt(block, /^\t{7}Description: ("(?:[^"\\]|\\.)*"),$/m);
    const values = /^\t{7}Enum:\s+\[\]interface\{\}\{(.*)\},$/m.exec(block);
    const field = [codeOf(block), description];
    if (values !== null) field.push(JSON.parse(`[${values[1]}]`));
    fields[name] = field;
  }
  const required = /^\t{4}Required: \[\]string\{(.*)\},$/m.exec(body);
  const type = /^\t{4}Type:\s+\[\]string\{"(\w+)"\}/m.exec(body);
  const own = /^\t{4}Type:\s+(\S+)\.OpenAPISchemaType/m.exec(body);
  return {
    d: stringAt(body, /^\t{4}Description: ("(?:[^"\\]|\\.)*"),$/m),
    ...(type !== null && type[1] !== 'object' ? { t: type[1] } : {}),
    ...(own !== null && !body.includes('OneOf:') ? { t: 'string' } : {}),
    ...(required === null ? {} : { r: JSON.parse(`[${required[1]}]`) }),
    ...(Object.keys(fields).length === 0
      ? {}
      : { p: Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))) }),
  };
}

const bodies = new Map(
  [...text.matchAll(/^func (schema_\w+)\([\s\S]*?^\}$/gm)].map(([body, fn]) => [
    names.get(fn),
    body,
  ]),
);
const types = {};
const queue = [...roots];
while (queue.length > 0) {
  const name = queue.shift();
  if (types[name] !== undefined) continue;
  const body = bodies.get(name);
  if (body === undefined) {
    console.error(`no definition of ${name}`);
    continue;
  }
  types[name] = definition(body);
  for (const [code] of Object.values(types[name].p ?? {})) {
    const of = code.replace(/^(?:\[\]|\{\})+/, '');
    if (of.includes('/')) queue.push(of);
  }
}

const standardMetadata =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/** The code of a schema of a definition; objects inside become types named after their place, ending in ".Object". */
function codeOfSchema(schema, place) {
  if (schema.type === 'array') return `[]${codeOfSchema(schema.items, place)}`;
  if (schema.properties === undefined) {
    const map = schema.additionalProperties;
    return map === undefined ? schema.type : `{}${codeOfSchema(map, place)}`;
  }
  const name = `${place}.Object`;
  types[name] = typeOfSchema(schema, place);
  return name;
}

/** A field's description stands with the field, so a type of its own has none. */
function typeOfSchema(schema, place, description = '') {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    if (name === 'metadata' && field.properties === undefined) {
      return [name, ['apis/meta/v1.ObjectMeta', standardMetadata]];
    }
    const leaf = field.type === 'array' ? field.items : field;
    const values = leaf.enum === undefined ? [] : [leaf.enum];
    return [name, [codeOfSchema(field, `${place}/${name}`), field.description ?? '', ...values]];
  });
  return {
    d: description,
    ...(schema.required === undefined ? {} : { r: schema.required }),
    p: Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

for (const file of process.argv.slice(3)) {
  const { spec } = parse(readFileSync(file, 'utf8'));
  const { name, schema } = spec.versions.find(({ storage }) => storage);
  const type = `${spec.group.split('.')[0]}/${name}.${spec.names.kind}`;
  const { openAPIV3Schema: root } = schema;
  roots.push(type);
  const own = typeOfSchema(root, type, root.description);
  const { apiVersion, kind } = types['core/v1.Pod'].p;
  types[type] = { ...own, p: { ...own.p, apiVersion, kind } };
}
const version = /kubernetes@v(\d+\.\d+)/.exec(root)?.[1] ?? '(version unknown)';
const out = {
  source: `Kubernetes ${version} pkg/generated/openapi and sigs.k8s.io/network-policy-api config/crd/experimental, Copyright The Kubernetes Authors, Apache-2.0`,
  roots,
  types: Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))),
};
const lines = Object.entries(out.types).map(
  ([name, type]) => `${JSON.stringify(name)}:${JSON.stringify(type)}`,
);
writeFileSync(
  'schema/explain.json',
  `{"source":${JSON.stringify(out.source)},\n"roots":${JSON.stringify(roots)},\n"types":{\n${lines.join(',\n')}\n}}\n`,
);
