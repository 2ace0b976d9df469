// `kubectl create deployment|job|cronjob`: what each option puts where. Models create_deployment.go, create_job.go and
// create_cronjob.go of kubectl/pkg/cmd/create. Images with "_" or "." in their last part get a suffix drawn at random
// there; here it is always the same.
import type { CronJob } from '../../../api/types.ts';
import { build, infosOf } from '../builder.ts';
import { CommandError } from '../errors.ts';
import type { Call } from '../verb.ts';
import type { Generator, Given } from './generator.ts';

const suffix = 'fx7vw';

/** The container's name: the image's last part without tag or digest. */
function containerName(image: string): string {
  const last = image.split('/').at(-1) ?? '';
  const [name = ''] = (last.split(':')[0] ?? '').split('@');
  return /[_.]/.test(name) ? `${name.replaceAll(/[_.]/g, '-')}-${suffix}` : name;
}

function commandOf(command: readonly string[]): object {
  return command.length === 0 ? {} : { command };
}

function int32(call: Call, name: string): number {
  const value = call.flags.int(name);
  if (value >= -(2 ** 31) && value < 2 ** 31) return value;
  const text = JSON.stringify(call.flags.text(name));
  const where = `invalid argument ${text} for "--${name}" flag`;
  throw new CommandError(
    `${where}: strconv.ParseInt: parsing ${text}: value out of range\nSee '${call.command} --help' for usage.`,
  );
}

export const deployment: Generator = {
  words: ['deployment'],
  aliases: ['deploy'],
  flags: [
    { name: 'image', type: 'strings' },
    { name: 'port', type: 'int', initial: '-1' },
    { name: 'replicas', short: 'r', type: 'int', initial: '1' },
  ],
  required: ['image'],
  failure: 'failed to create deployment: ',
  make: ({ call, name, command, metadata, emptyMetadata }) => {
    const images = call.flags.list('image');
    if (images.length > 1 && command.length > 0) {
      throw new CommandError('cannot specify multiple --image options and command');
    }
    const labels = { app: name };
    const port = int32(call, 'port');
    const containers = images.map((image, i) => ({
      name: containerName(image),
      image,
      ...commandOf(command),
      ...(port >= 0 && i === 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }));
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata({ labels }),
      spec: {
        replicas: int32(call, 'replicas'),
        selector: { matchLabels: labels },
        strategy: {},
        template: {
          metadata: emptyMetadata({ labels }),
          spec: { containers: containers.length === 0 ? null : containers },
        },
      },
      status: {},
    };
  },
};

function jobTemplate({ call, name, command, emptyMetadata }: Given, restartPolicy: string): object {
  const container = { name, image: call.flags.text('image'), ...commandOf(command), resources: {} };
  return { metadata: emptyMetadata(), spec: { containers: [container], restartPolicy } };
}

export const job: Generator = {
  words: ['job'],
  flags: [
    { name: 'image', type: 'string' },
    { name: 'from', type: 'string' },
  ],
  failure: 'failed to create job: ',
  make: (given) => {
    const { call, command, metadata } = given;
    const [image, from] = [call.flags.text('image'), call.flags.text('from')];
    if ((image === '') === (from === '')) {
      throw new CommandError('either --image or --from must be specified');
    }
    if (command.length > 0 && from !== '') {
      throw new CommandError('cannot specify --from and command');
    }
    if (from !== '') return jobFrom(given, from);
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: metadata(),
      spec: { template: jobTemplate(given, 'Never') },
      status: {},
    };
  },
};

/** A run of a CronJob by hand: its template, owned by it. */
function jobFrom({ call, metadata, emptyMetadata }: Given, from: string) {
  const infos = infosOf(build(call, { args: [from] }));
  const [info] = infos;
  if (info === undefined || infos.length !== 1) {
    throw new CommandError('from must be an existing cronjob');
  }
  if (info.object.kind !== 'CronJob') {
    throw new CommandError(`unknown object type *${goType(info.object)}`);
  }
  const cronJob = info.object as unknown as CronJob;
  const template = cronJob.spec.jobTemplate;
  const { labels, annotations } = template.metadata ?? {};
  const pods = template.spec?.template;
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: cronJob.metadata.name };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata({
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ...(labels === undefined ? {} : { labels }),
      ownerReferences: [
        {
          ...owner,
          uid: cronJob.metadata.uid ?? '',
          controller: true,
          ...(call.host.minor < 29 ? { blockOwnerDeletion: true } : {}),
        },
      ],
    }),
    spec: {
      ...template.spec,
      template: { ...pods, metadata: emptyMetadata(pods?.metadata) },
    },
    status: {},
  };
}

/** "v1.Deployment": the package and type that Go prints. */
function goType({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }) {
  return `${apiVersion.split('/').at(-1)}.${kind}`;
}

export const cronJob: Generator = {
  words: ['cronjob'],
  aliases: ['cj'],
  flags: [
    { name: 'image', type: 'string' },
    { name: 'schedule', type: 'string' },
    { name: 'restart', type: 'string' },
  ],
  required: ['image', 'schedule'],
  failure: 'failed to create cronjob: ',
  make: (given) => {
    const { call, name, metadata, emptyMetadata } = given;
    const restart = call.flags.text('restart') || 'OnFailure';
    return {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: metadata(),
      spec: {
        schedule: call.flags.text('schedule'),
        jobTemplate: {
          metadata: emptyMetadata({ name }),
          spec: { template: jobTemplate(given, restart) },
        },
      },
      status: {},
    };
  },
};
