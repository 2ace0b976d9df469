// `kubectl create ingress`: rules of the form host/path=service:port[,tls[=secret]]. Models create_ingress.go of
// kubectl/pkg/cmd/create.
import { CommandError } from '../errors.ts';
import type { Generator } from './generator.ts';
import { intOrString } from './policy.ts';

const rulePattern = /^[\w*\-.]*\/.*=[\w-]+:[\w-]+/;

interface Path {
  readonly path: string;
  readonly pathType: string;
  readonly backend: object;
}

export const ingress: Generator = {
  words: ['ingress'],
  aliases: ['ing'],
  flags: [
    { name: 'class', type: 'string' },
    { name: 'rule', type: 'array' },
    { name: 'default-backend', type: 'string' },
    { name: 'annotation', type: 'array' },
  ],
  failure: 'failed to create ingress: ',
  make: ({ call, metadata }) => {
    const { flags } = call;
    const rules = flags.list('rule');
    const byDefault = flags.text('default-backend');
    check(rules, byDefault, flags.list('annotation'));
    const annotations = Object.fromEntries(
      flags.list('annotation').map((text) => {
        const at = text.indexOf('=');
        return [text.slice(0, at), text.slice(at + 1)];
      }),
    );
    const className = flags.text('class');
    const tls = tlsOf(rules);
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: metadata(Object.keys(annotations).length === 0 ? {} : { annotations }),
      spec: {
        ...(className === '' ? {} : { ingressClassName: className }),
        ...(byDefault === '' ? {} : { defaultBackend: backendOf(byDefault) }),
        ...(tls.length === 0 ? {} : { tls }),
        ...(rules.length === 0 ? {} : { rules: rulesOf(rules) }),
      },
      status: { loadBalancer: {} },
    };
  },
};

function check(rules: readonly string[], byDefault: string, annotations: readonly string[]): void {
  if (byDefault === '' && rules.length === 0) {
    throw new CommandError(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    );
  }
  for (const rule of rules) {
    if (!rulePattern.test(rule)) {
      throw new CommandError(
        `rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
      );
    }
  }
  for (const text of annotations) {
    if (!text.includes('=')) {
      throw new CommandError(`annotation ${text} is invalid and should be in format key=[value]`);
    }
  }
  if (byDefault !== '' && byDefault.split(':').length !== 2) {
    throw new CommandError('default-backend should be in format servicename:serviceport');
  }
}

function backendOf(text: string): object {
  const [name = '', port = ''] = text.split(':');
  const parsed = intOrString(port);
  return {
    service: { name, port: typeof parsed === 'number' ? { number: parsed } : { name: parsed } },
  };
}

function rulesOf(rules: readonly string[]): readonly object[] {
  const byHost = new Map<string, Path[]>();
  for (const rule of rules) {
    const [bare = ''] = rule.split(',');
    const slash = bare.indexOf('/');
    const [path = '', service = ''] = bare.slice(slash).split('=');
    const isPrefix = path.endsWith('*');
    const host = bare.slice(0, slash);
    const one: Path = {
      path: isPrefix ? path.slice(0, -1) : path,
      pathType: isPrefix ? 'Prefix' : 'Exact',
      backend: backendOf(service),
    };
    byHost.set(host, [...(byHost.get(host) ?? []), one]);
  }
  return [...byHost].map(([host, paths]) => ({
    ...(host === '' ? {} : { host }),
    http: { paths },
  }));
}

/** Hosts by secret; a host counts once. */
function tlsOf(rules: readonly string[]): readonly object[] {
  const seen = new Set<string>();
  const list: { hosts: string[]; secret: string }[] = [];
  for (const rule of rules) {
    const [, tls, ...more] = rule.split(',');
    const host = rule.split('/')[0] ?? '';
    if (tls === undefined || more.length > 0 || seen.has(host)) continue;
    const secret = tls.split('=')[1] ?? '';
    const same = list.find((one) => one.secret === secret);
    seen.add(host);
    if (same !== undefined) same.hosts.push(host);
    else if (host !== '' || secret !== '') list.push({ hosts: host === '' ? [] : [host], secret });
  }
  return list.map(({ hosts, secret }) => ({
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(secret === '' ? {} : { secretName: secret }),
  }));
}
