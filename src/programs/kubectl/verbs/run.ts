// `kubectl run`: one Pod from an image, with --expose a Service too. Models kubectl/pkg/cmd/run and generate/versioned/run.go.
// Not here: attaching (-i, -t, --attach, --rm), --overrides, --save-config.
import { requireFlags, unsetTime } from '../create/generator.ts';
import { CommandError } from '../errors.ts';
import { outputOf, printerOf } from '../printer.ts';
import {
  type Call,
  dryRunFlag,
  dryRunOf,
  dryRunSuffix,
  fieldManagerFlag,
  notModelled,
  printFlags,
  recordFlag,
  usageError,
  type Verb,
} from '../verb.ts';
import { atoi, parseLabels } from './expose.ts';

export const runPod: Verb = {
  words: ['run'],
  flags: [
    { name: 'image', type: 'string' },
    { name: 'annotations', type: 'array' },
    { name: 'image-pull-policy', type: 'string' },
    { name: 'rm', type: 'bool' },
    { name: 'env', type: 'array' },
    { name: 'port', type: 'string' },
    { name: 'labels', short: 'l', type: 'string' },
    { name: 'stdin', short: 'i', type: 'bool' },
    { name: 'tty', short: 't', type: 'bool' },
    { name: 'attach', type: 'bool' },
    { name: 'leave-stdin-open', type: 'bool' },
    { name: 'restart', type: 'string', initial: 'Always' },
    { name: 'command', type: 'bool' },
    { name: 'expose', type: 'bool' },
    { name: 'quiet', short: 'q', type: 'bool' },
    { name: 'privileged', type: 'bool' },
    { name: 'pod-running-timeout', type: 'duration', initial: '1m' },
    { name: 'overrides', type: 'string' },
    { name: 'override-type', type: 'string' },
    { name: 'save-config', type: 'bool' },
    ...printFlags,
    dryRunFlag,
    fieldManagerFlag,
    recordFlag,
  ],
  run,
};

/** distribution/reference: domain/path:tag@digest. */
const imagePattern = (() => {
  const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
  const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
  const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
  const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
  const name = `(?:${domain}/)?${part}(?:/${part})*`;
  return new RegExp(`^${name}(?::\\w[\\w.-]{0,127})?(?:@${digest})?$`);
})();

function run(call: Call): void {
  const { args, dash, flags } = call;
  requireFlags(call, ['image']);
  if (args.length === 0 || dash === 0) throw usageError(call, 'NAME is required for run');
  check(call);
  const dryRun = dryRunOf(call);
  for (const name of ['overrides', 'save-config']) {
    if (flags.changed(name)) throw notModelled(`kubectl run --${name}`);
  }
  const print = printerOf(call, `created${dryRunSuffix(dryRun)}`);
  const send = (object: { readonly kind: string; readonly metadata: object }): unknown => {
    const place = call.explicitNamespace ? { namespace: call.namespace } : {};
    if (dryRun === 'client') return { ...object, metadata: { ...object.metadata, ...place } };
    const row = call.names.row(object.kind.toLowerCase());
    return call.host.requests.create(row, call.namespace, object, { dryRun: dryRun === 'server' });
  };
  const name = args[0] ?? '';
  const pod = send(podOf(call, name, args.slice(1)));
  if (flags.bool('expose')) {
    print(send(serviceOf(call, name)));
    // Upstream separates them although its printer does.
    if (outputOf(call) === 'yaml') call.out('---\n');
  }
  print(pod);
}

function check(call: Call): void {
  const { flags } = call;
  const image = flags.text('image');
  if (image === '') throw new CommandError('--image is required');
  if (!imagePattern.test(image)) {
    throw new CommandError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  }
  const [stdin, tty] = [flags.bool('stdin'), flags.bool('tty')];
  if (tty && !stdin) {
    throw usageError(call, '-i/--stdin is required for containers with -t/--tty=true');
  }
  if (flags.bool('expose') && flags.text('port') === '') {
    throw usageError(call, '--port must be set when exposing a service');
  }
  const restart = flags.text('restart');
  if (!['', 'Always', 'OnFailure', 'Never'].includes(restart)) {
    throw usageError(call, `invalid restart policy: ${restart}`);
  }
  const attach = flags.bool('attach') || stdin;
  if (flags.bool('rm') && !attach) {
    throw usageError(call, '--rm should only be used for attached containers');
  }
  const policy = flags.text('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy)) {
    throw usageError(call, `invalid image pull policy: ${policy}`);
  }
  if (attach) {
    throw notModelled('kubectl run -i, --attach and --rm', 'use a Pod of its own and kubectl exec');
  }
}

function labelsOf(call: Call, name: string): object {
  const text = call.flags.text('labels');
  return text === '' ? { run: name } : parseLabels(text);
}

function podOf(call: Call, name: string, words: readonly string[]) {
  const { flags } = call;
  const annotations = Object.fromEntries(flags.list('annotations').map(pair));
  const env = flags.list('env').map(variable);
  const policy = flags.text('image-pull-policy');
  const port = flags.text('port');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...unsetTime(call.host.minor),
      name,
      labels: labelsOf(call, name),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      containers: [
        {
          name,
          image: flags.text('image'),
          ...(words.length === 0 ? {} : { [flags.bool('command') ? 'command' : 'args']: words }),
          ...(env.length === 0 ? {} : { env }),
          ...(policy === '' ? {} : { imagePullPolicy: policy }),
          ...(port === '' ? {} : { ports: [{ containerPort: atoi(port) }] }),
          ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
          resources: {},
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: flags.text('restart') || 'Always',
    },
    status: {},
  };
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new CommandError(`invalid annotations format: ${text}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function variable(text: string): object {
  const at = text.indexOf('=');
  if (at <= 0) throw new CommandError(`invalid env: ${text}`);
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) throw new CommandError(`invalid env: ${text}`);
  return value === '' ? { name } : { name, value };
}

function serviceOf(call: Call, name: string) {
  const text = call.flags.text('labels');
  const port = atoi(call.flags.text('port'));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...unsetTime(call.host.minor),
      name,
      ...(text === '' ? {} : { labels: parseLabels(text) }),
    },
    spec: {
      selector: labelsOf(call, name),
      ports: [{ port, protocol: 'TCP', targetPort: port }],
    },
    status: { loadBalancer: {} },
  };
}
