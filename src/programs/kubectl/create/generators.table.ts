// The verbs `kubectl create KIND`, but for those of files (verbs/create.ts).
import { notModelled, type Verb } from '../verb.ts';
import { configMap, dockerSecret, genericSecret, tlsSecret } from './config.ts';
import { type Generator, generatorVerb } from './generator.ts';
import { ingress } from './ingress.ts';
import { disruptionBudget, namespace, priorityClass, quota, serviceAccount } from './policy.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts';
import { services } from './services.ts';
import { cronJob, deployment, job } from './workloads.ts';

const generators: readonly Generator[] = [
  namespace,
  deployment,
  ...services,
  configMap,
  genericSecret,
  tlsSecret,
  dockerSecret,
  serviceAccount,
  job,
  cronJob,
  ingress,
  disruptionBudget,
  quota,
  priorityClass,
  role,
  clusterRole,
  roleBinding,
  clusterRoleBinding,
];

const token: Verb = {
  words: ['create', 'token'],
  flags: [],
  run: () => {
    throw notModelled('kubectl create token', 'nothing here is authenticated');
  },
};

/** `create svc` is `create service`. */
const short: readonly Generator[] = services.map((one) => {
  const [, word = ''] = one.words;
  return { ...one, words: ['svc', word] };
});

export const generatorVerbs: readonly Verb[] = [
  ...[...generators, ...short].map(generatorVerb),
  token,
];
