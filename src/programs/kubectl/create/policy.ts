// `kubectl create namespace|serviceaccount|poddisruptionbudget|quota|priorityclass`. Models the files of the same names of
// kubectl/pkg/cmd/create.
import { formatQuantity, parseQuantity } from '../../../api/field/quantity.ts';
import { parseSelector } from '../../../api/label-selector.ts';
import { CommandError } from '../errors.ts';
import type { Generator } from './generator.ts';

export const namespace: Generator = {
  words: ['namespace'],
  aliases: ['ns'],
  flags: [],
  make: ({ metadata }) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: metadata(),
    spec: {},
    status: {},
  }),
};

export const serviceAccount: Generator = {
  words: ['serviceaccount'],
  aliases: ['sa'],
  flags: [],
  failure: 'failed to create serviceaccount: ',
  make: ({ metadata }) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata() }),
};

/** intstr.Parse. */
export function intOrString(text: string): number | string {
  return /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) < 2 ** 31 ? Number(text) : text;
}

export const disruptionBudget: Generator = {
  words: ['poddisruptionbudget'],
  aliases: ['pdb'],
  flags: [
    { name: 'min-available', type: 'string' },
    { name: 'max-unavailable', type: 'string' },
    { name: 'selector', type: 'string' },
  ],
  failure: 'failed to create poddisruptionbudgets: ',
  make: ({ call, metadata }) => {
    const text = (name: string): string => call.flags.text(name);
    const [min, max] = [text('min-available'), text('max-unavailable')];
    if (text('selector') === '') throw new CommandError('a selector must be specified');
    if (min === '' && max === '') {
      throw new CommandError('one of min-available or max-unavailable must be specified');
    }
    if (min !== '' && max !== '') {
      throw new CommandError('min-available and max-unavailable cannot be both specified');
    }
    const [name, value] = min === '' ? ['max-unavailable', max] : ['min-available', min];
    if (!/^\d+%?$/.test(value)) throw new CommandError(`invalid format specified for ${name}`);
    const amount = intOrString(value);
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata(),
      spec: {
        selector: labelSelectorOf(text('selector')),
        ...(min === '' ? { maxUnavailable: amount } : { minAvailable: amount }),
      },
      status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
    };
  },
};

/** metav1.ParseToLabelSelector: equality goes to matchLabels, everything else to matchExpressions. */
export function labelSelectorOf(text: string): object {
  const parsed = parseSelector(text);
  if (typeof parsed === 'string') {
    const why = `couldn't parse the selector string ${JSON.stringify(text)}: ${parsed}`;
    throw new CommandError(why);
  }
  const matchLabels: Record<string, string> = {};
  const matchExpressions: object[] = [];
  for (const one of parsed) {
    const { key } = one;
    if ('than' in one) {
      const operator = one.kind === 'greater' ? 'gt' : 'lt';
      throw new CommandError(`${JSON.stringify(operator)} isn't supported in label selectors`);
    }
    if (!('values' in one)) {
      matchExpressions.push({ key, operator: one.kind === 'exists' ? 'Exists' : 'DoesNotExist' });
    } else if (one.kind === 'in' && !isSet(text, key)) matchLabels[key] = one.values[0] ?? '';
    else {
      const operator = one.kind === 'in' ? 'In' : 'NotIn';
      matchExpressions.push({ key, operator, values: one.values });
    }
  }
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}

/** `key in (a)` stays a set of one. */
function isSet(text: string, key: string): boolean {
  return text.split(',').some((part) => part.trim().startsWith(`${key} in`));
}

export const quota: Generator = {
  words: ['quota'],
  aliases: ['resourcequota'],
  flags: [
    { name: 'hard', type: 'string' },
    { name: 'scopes', type: 'string' },
  ],
  failure: 'failed to create quota: ',
  make: ({ call, metadata }) => {
    const hard = amounts(call.flags.text('hard'));
    const scopes = call.flags.text('scopes');
    return {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: metadata(),
      spec: {
        ...(hard === undefined ? {} : { hard }),
        ...(scopes === '' ? {} : { scopes: scopes.split(',') }),
      },
      status: {},
    };
  },
};

/** "cpu=1,memory=1Gi" -> canonical quantities. */
export function amounts(text: string): Readonly<Record<string, string>> | undefined {
  if (text === '') return undefined;
  const pairs = text.split(',').map((statement): [string, string] => {
    const [name = '', value, ...more] = statement.split('=');
    if (value === undefined || more.length > 0) {
      throw new CommandError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    }
    const parsed = parseQuantity(value);
    if (parsed === undefined) {
      throw new CommandError(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    }
    return [name, formatQuantity(parsed)];
  });
  return Object.fromEntries(pairs);
}

export const priorityClass: Generator = {
  words: ['priorityclass'],
  aliases: ['pc'],
  flags: [
    { name: 'value', type: 'int' },
    { name: 'global-default', type: 'bool' },
    { name: 'description', type: 'string' },
    { name: 'preemption-policy', type: 'string', initial: 'PreemptLowerPriority' },
  ],
  failure: 'failed to create priorityclass: ',
  make: ({ call, metadata }) => {
    const { flags } = call;
    const description = flags.text('description');
    return {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: metadata(),
      value: flags.int('value'),
      ...(flags.bool('global-default') ? { globalDefault: true } : {}),
      ...(description === '' ? {} : { description }),
      preemptionPolicy: flags.text('preemption-policy'),
    };
  },
};
