// Writes src/api/models.gen.ts (types) and src/api/fields.gen.ts (field table) from the official
// OpenAPI models as @kubernetes/client-node ships them. Usage:
//   node tools/generate-models.mjs PATH/TO/node_modules/@kubernetes/client-node
// The package is only this tool's input; a fresh clone needs neither it nor a network.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2];
if (root === undefined) {
  console.error('usage: node tools/generate-models.mjs PATH/TO/@kubernetes/client-node');
  process.exit(2);
}
const gen = join(root, 'dist/gen');

/** Kinds with TypeScript types. The fields of all built-in kinds of a stable version are in the field table. */
const typed = [
  'Namespace',
  'Node',
  'Pod',
  'Service',
  'Endpoints',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'EndpointSlice',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'NetworkPolicy',
  'Lease',
  'PodDisruptionBudget',
  'Ingress',
  'IngressClass',
  'HorizontalPodAutoscaler',
];

/** Every kind the API server can create, from the request paths of the generated clients. */
function builtinKinds() {
  const found = new Map();
  for (const file of readdirSync(join(gen, 'apis'))
    .filter((f) => f.endsWith('Api.js'))
    .sort()) {
    const text = readFileSync(join(gen, 'apis', file), 'utf8');
    const request =
      /async (create\w+)\([\s\S]*?localVarPath = '([^']+)'[\s\S]*?serialize\(body, "(\w+)"/g;
    for (const [, , path, model] of text.matchAll(request)) {
      const at = /^\/(?:api|apis\/([^/]+))\/(v[^/]+)(\/namespaces\/\{namespace\})?\/(\w+)$/.exec(
        path,
      );
      if (at === null || model === 'any') continue;
      const [, group = '', version, namespaced, plural] = at;
      const kind = model.replace(
        /^(?:Core|Events|Discovery|Resource)?V\d+(?:(?:alpha|beta)\d+)?/,
        '',
      );
      found.set(`${group}/${version}/${kind}`, {
        group,
        version,
        kind,
        plural,
        namespaced: namespaced !== undefined,
        model,
      });
    }
  }
  return [...found.values()].sort((a, b) =>
    a.group + a.version + a.kind < b.group + b.version + b.kind ? -1 : 1,
  );
}

function readModel(name) {
  const js = readFileSync(join(gen, 'models', `${name}.js`), 'utf8');
  const map = /attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(js);
  if (map === null) throw new Error(`no attributeTypeMap in ${name}`);
  const dts = readFileSync(join(gen, 'models', `${name}.d.ts`), 'utf8');
  const required = new Set([...dts.matchAll(/^ {4}'(\w+)': /gm)].map((m) => m[1]));
  return JSON.parse(map[1]).map((a) => ({ ...a, required: required.has(a.name) }));
}

const plain = new Set([
  'string',
  'number',
  'boolean',
  'any',
  'object',
  'Date',
  'IntOrString',
  'V1MicroTime',
]);

/** 'Array<V1ServicePort>' -> { list, of }; `{ [key: string]: string; }` -> { map, of }. */
function shape(type) {
  const list = /^(?:Array|Set)<(.+)>$/.exec(type);
  if (list) return { list: shape(list[1]) };
  const map = /^\{ \[key: string\]: (.+?);? \}$/.exec(type);
  if (map) return { map: shape(map[1]) };
  return { of: type };
}
const leaf = (s) => (s.list ? leaf(s.list) : s.map ? leaf(s.map) : s.of);
/** Models of two groups that share a name: the less common one keeps its group. */
const renamed = new Map([
  ['DiscoveryV1EndpointPort', 'EndpointSlicePort'],
  ...[
    'AdmissionregistrationV1ServiceReference',
    'AdmissionregistrationV1WebhookClientConfig',
    'ApiregistrationV1ServiceReference',
    'EventsV1Event',
    'EventsV1EventSeries',
    'FlowcontrolV1Subject',
    'ResourceV1ResourceClaim',
    'StorageV1TokenRequest',
  ].map((model) => [model, model.replace('V1', '')]),
]);
const short = (model) =>
  renamed.get(model) ??
  model.replace(
    /^(?:Apiextensions|Core|Discovery|Events|Flowcontrol|Rbac|Resource|Storage)?V[12]/,
    '',
  );
function tsType(s) {
  if (s.list)
    return `readonly ${/^[\w ]+$/.test(tsType(s.list)) && !s.list.list ? tsType(s.list) : `(${tsType(s.list)})`}[]`;
  if (s.map) return `Readonly<Record<string, ${tsType(s.map)}>>`;
  switch (s.of) {
    case 'string':
    case 'number':
    case 'boolean':
      return s.of;
    case 'any':
    case 'object':
      return 'unknown';
    case 'Date':
    case 'V1MicroTime':
      return 'string';
    case 'IntOrString':
      return 'IntOrString';
    default:
      return short(s.of);
  }
}
function code(s, format) {
  if (s.list) return `[]${code(s.list, format)}`;
  if (s.map) return `{}${code(s.map, format)}`;
  switch (s.of) {
    case 'string':
      return format === 'byte' ? 'byte' : format === 'quantity' ? 'quantity' : 'string';
    case 'number':
      return format || 'int32';
    case 'boolean':
      return 'bool';
    case 'any':
    case 'object':
      return 'any';
    case 'Date':
    case 'V1MicroTime':
      return 'time';
    case 'IntOrString':
      return 'intstr';
    default:
      return short(s.of);
  }
}

const kinds = builtinKinds();
const preferred = (k) =>
  k.kind === 'HorizontalPodAutoscaler' ? k.version === 'v2' : k.version === 'v1';
/** `Binding` and the reviews are answered, never stored: they stay known by name. */
const stored = (k) => k.kind !== 'Binding' && !k.kind.endsWith('Review');
const roots = kinds.filter((k) => preferred(k) && stored(k));

/** The models of these kinds and all that they are made of. */
function closure(start) {
  const found = new Map();
  const queue = start.map((k) => k.model);
  while (queue.length > 0) {
    const name = queue.shift();
    if (found.has(name)) continue;
    const fields = readModel(name);
    found.set(name, fields);
    for (const f of fields) {
      const of = leaf(shape(f.type));
      if (!plain.has(of)) queue.push(of);
    }
  }
  return found;
}

const models = closure(roots);
const withTypes = closure(roots.filter((k) => typed.includes(k.kind)));
const nameOf = new Map();
for (const name of models.keys()) {
  const other = nameOf.get(short(name));
  if (other !== undefined) throw new Error(`${name} and ${other} are both ${short(name)}`);
  nameOf.set(short(name), name);
}

const rootNames = new Set(roots.map((k) => k.model));
const banner =
  '// Generated by tools/generate-models.mjs from the official OpenAPI models. Do not edit.\n';
let types = `${banner}\nexport type IntOrString = number | string;\n`;
let table = `${banner}
/** Field code: a scalar (string, int32, int64, double, bool, time, quantity, byte, intstr, any) or a model
 * name, after any number of "[]" (list of) and "{}" (map of string to). */
export const fields: Readonly<Record<string, Readonly<Record<string, string>>>> = {\n`;
for (const [name, attributes] of [...models].sort(([a], [b]) => (short(a) < short(b) ? -1 : 1))) {
  let declared = `\nexport interface ${short(name)} {\n`;
  table += `  ${short(name)}: {\n`;
  for (const a of attributes) {
    const s = shape(a.type);
    const always = rootNames.has(name)
      ? ['apiVersion', 'kind', 'metadata', 'spec'].includes(a.baseName)
      : a.required || (short(name) === 'ObjectMeta' && a.baseName === 'name');
    const type = rootNames.has(name) && a.baseName === 'kind' ? `'${short(name)}'` : tsType(s);
    const key = /^[A-Za-z_$][\w$]*$/.test(a.baseName) ? a.baseName : `'${a.baseName}'`;
    declared += `  readonly ${key}${always ? '' : '?'}: ${type};\n`;
    table += `    ${key}: '${code(s, a.format)}',\n`;
  }
  if (withTypes.has(name)) types += `${declared}}\n`;
  table += '  },\n';
}
table += `};

/** One API resource. \`model\` names its row in \`fields\`; null: known by name, its fields are not checked. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly model: string | null;
}

export const resources: readonly Resource[] = [\n`;
for (const k of kinds) {
  const model = roots.includes(k) ? `'${short(k.model)}'` : 'null';
  table += `  { group: '${k.group}', version: '${k.version}', kind: '${k.kind}', plural: '${k.plural}', namespaced: ${k.namespaced}, model: ${model} },\n`;
}
table += '];\n';
writeFileSync('src/api/models.gen.ts', types);
writeFileSync('src/api/fields.gen.ts', table);
console.log(`${models.size} models, ${kinds.length} kinds`);
