// `kubectl create configmap` and `create secret generic|tls|docker-registry`. Models create_configmap.go, create_secret*.go of
// kubectl/pkg/cmd/create. Not here: whether certificate and key belong together, beyond their being PEM.
import { encodeUtf8 } from '../../utf8.ts';
import { CommandError } from '../errors.ts';
import { notModelled } from '../verb.ts';
import type { Generator, Given } from './generator.ts';
import { dataOf, fileSource, sourceFlags, sourceText, toBase64 } from './sources.ts';

const hashFlag = { name: 'append-hash', type: 'bool' } as const;

function refuseHash({ call }: Given): void {
  if (call.flags.bool('append-hash')) throw notModelled(`${call.command} --append-hash`);
}

export const configMap: Generator = {
  words: ['configmap'],
  aliases: ['cm'],
  flags: [...sourceFlags, hashFlag],
  failure: 'failed to create configmap: ',
  make: (given) => {
    refuseHash(given);
    const data = dataOf(given.call, 'ConfigMap', given.name);
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: given.metadata(),
      ...(Object.keys(data).length === 0 ? {} : { data }),
    };
  },
};

function secret(given: Given, type: string, texts: Readonly<Record<string, string>>) {
  refuseHash(given);
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, toBase64(encodeUtf8(value))]),
  );
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: given.metadata(),
    ...(Object.keys(data).length === 0 ? {} : { data }),
    ...(type === '' ? {} : { type }),
  };
}

const failure = 'failed to create secret ';

export const genericSecret: Generator = {
  words: ['secret', 'generic'],
  flags: [...sourceFlags, hashFlag, { name: 'type', type: 'string' }],
  failure,
  make: (given) =>
    secret(given, given.call.flags.text('type'), dataOf(given.call, 'Secret', given.name)),
};

export const tlsSecret: Generator = {
  words: ['secret', 'tls'],
  flags: [{ name: 'cert', type: 'string' }, { name: 'key', type: 'string' }, hashFlag],
  failure,
  make: (given) => {
    const { flags } = given.call;
    const [cert, key] = [flags.text('cert'), flags.text('key')];
    if (cert === '' || key === '') throw new CommandError('key and cert must be specified');
    const read = (path: string) =>
      sourceText(given.call, path, `Cannot read file ${path}, open ${path}`);
    const texts = { 'tls.crt': read(cert), 'tls.key': read(key) };
    if (!texts['tls.crt'].includes('-----BEGIN CERTIFICATE-----')) {
      throw new CommandError('tls: failed to find any PEM data in certificate input');
    }
    if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(texts['tls.key'])) {
      throw new CommandError('tls: failed to find any PEM data in key input');
    }
    return secret(given, 'kubernetes.io/tls', texts);
  },
};

const dockerKey = '.dockerconfigjson';

export const dockerSecret: Generator = {
  words: ['secret', 'docker-registry'],
  flags: [
    { name: 'docker-username', type: 'string' },
    { name: 'docker-password', type: 'string' },
    { name: 'docker-email', type: 'string' },
    { name: 'docker-server', type: 'string', initial: 'https://index.docker.io/v1/' },
    { name: 'from-file', type: 'strings' },
    hashFlag,
  ],
  failure,
  make: (given) => secret(given, 'kubernetes.io/dockerconfigjson', dockerData(given)),
};

function dockerData({ call }: Given): Readonly<Record<string, string>> {
  const { flags } = call;
  const files = flags.list('from-file');
  if (files.length > 0) {
    const sources = files.map((text) => (text.includes('=') ? text : `${dockerKey}=${text}`));
    return Object.fromEntries(
      sources.map((text) => {
        const [key, path] = fileSource(text);
        return [key, sourceText(call, path)];
      }),
    );
  }
  const [user, password] = [flags.text('docker-username'), flags.text('docker-password')];
  const server = flags.text('docker-server');
  if (user === '' || password === '' || server === '') {
    throw new CommandError(
      'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
    );
  }
  const email = flags.text('docker-email');
  const entry = {
    username: user,
    password,
    ...(email === '' ? {} : { email }),
    auth: toBase64(encodeUtf8(`${user}:${password}`)),
  };
  return { [dockerKey]: JSON.stringify({ auths: { [server]: entry } }) };
}
