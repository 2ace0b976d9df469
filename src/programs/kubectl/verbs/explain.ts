// `kubectl explain`: what a kind or a field means, from the documentation of one Kubernetes version whatever the cluster's is.
// Models kubectl/pkg/cmd/explain. Not here: kinds without documentation, custom ones among them; -o plaintext-openapiv2.
import type { KindRow } from '../../../api/scheme.ts';
import { CommandError } from '../errors.ts';
import type { Docs } from '../explain/docs.ts';
import { explained, heading } from '../explain/render.ts';
import { type Call, notModelled, type Verb } from '../verb.ts';

export const explain: Verb = {
  words: ['explain'],
  flags: [
    { name: 'recursive', type: 'bool' },
    { name: 'api-version', type: 'string' },
    { name: 'output', short: 'o', type: 'string', initial: 'plaintext' },
  ],
  run,
};

function run(call: Call): void {
  const { args, flags, host } = call;
  const [text = ''] = args;
  if (args.length === 0) {
    throw new CommandError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  if (args.length > 1) throw new CommandError('We accept only this format: explain RESOURCE\n');
  const output = flags.text('output');
  if (output === 'plaintext-openapiv2') throw notModelled('kubectl explain -o plaintext-openapiv2');
  if (output !== 'plaintext') throw new CommandError(`unrecognized format: ${output}`);
  const { row, path } = located(call, text);
  const docs = JSON.parse(host.fieldDocs()) as Docs;
  const type = `${(row.group || 'core').split('.')[0]}/${row.version}.${row.kind}`;
  if (!docs.roots.includes(type)) {
    throw notModelled(`kubectl explain ${row.resource}`, 'its documentation is not kept here');
  }
  call.out(heading({ ...row, type }));
  const options = { recursive: flags.bool('recursive'), minor: host.minor };
  const printed = explained(docs, { ...row, type }, path, options);
  if (printed === undefined) {
    throw new CommandError(`field ${JSON.stringify(path.at(-1))} does not exist`);
  }
  call.out(printed);
}

/** "deploy.spec", "deployments.apps.spec" and --api-version. */
function located(call: Call, text: string) {
  const [first = '', ...rest] = text.split('.').filter((part) => part !== '');
  const row = call.names.find(first);
  if (row === undefined) {
    const why = `the server doesn't have a resource type "${first}"`;
    throw new CommandError(why, { whole: true });
  }
  const full = `${row.resource}.${row.group}`;
  const isFull = row.group !== '' && (text === full || text.startsWith(`${full}.`));
  checkVersion(call, row);
  const path = isFull
    ? text
        .slice(full.length)
        .split('.')
        .filter((part) => part !== '')
    : rest;
  return { row, path };
}

function checkVersion(call: Call, { group, version, resource }: KindRow): void {
  const wanted = call.flags.text('api-version');
  const own = group === '' ? version : `${group}/${version}`;
  if (wanted === '' || wanted === own) return;
  const [of, at] = wanted.includes('/') ? wanted.split('/') : ['', wanted];
  throw new CommandError(`couldn't find resource for "${of}/${at}, Resource=${resource}"`);
}
