// Objects as kubectl prints them after it read them into Go structs: what is not omitted although it is empty. Used where
// an object of a file is printed again (--local, client dry runs). Models k8s.io/api's JSON tags.
import type { AnyObject } from '../../../api/types.ts';
import { isRecord } from '../../../api/values.ts';
import { unsetTime } from './generator.ts';

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

const statuses: Readonly<Record<string, Fields>> = {
  ReplicaSet: { replicas: 0 },
  DaemonSet: {
    currentNumberScheduled: 0,
    desiredNumberScheduled: 0,
    numberMisscheduled: 0,
    numberReady: 0,
  },
  StatefulSet: { availableReplicas: 0, replicas: 0 },
  Service: { loadBalancer: {} },
  Deployment: {},
  Job: {},
  CronJob: {},
  Pod: {},
};

/** Struct fields of the spec that are no pointers. */
const specs: Readonly<Record<string, Fields>> = {
  Deployment: { strategy: {} },
  DaemonSet: { updateStrategy: {} },
  StatefulSet: { updateStrategy: {} },
};

export function goTyped(object: AnyObject, minor: number): AnyObject {
  const status = statuses[object.kind];
  if (status === undefined) return object;
  const time = unsetTime(minor);
  return {
    ...object,
    metadata: { ...time, ...object.metadata },
    spec: specOf(object.kind, fields(object['spec']), time),
    status: { ...status, ...fields(object['status']) },
  };
}

function specOf(kind: string, spec: Fields, time: object): Fields {
  const whole = { ...specs[kind], ...spec };
  if (kind === 'Pod') return podSpec(whole);
  if (kind === 'Service') return serviceSpec(whole);
  if (kind === 'CronJob') {
    const job = fields(whole['jobTemplate']);
    const inner = fields(job['spec']);
    return {
      ...whole,
      jobTemplate: {
        ...job,
        metadata: { ...time, ...fields(job['metadata']) },
        spec: { ...inner, template: template(inner['template'], time) },
      },
    };
  }
  return { ...whole, template: template(whole['template'], time) };
}

function serviceSpec(spec: Fields): Fields {
  const { ports } = spec;
  if (!Array.isArray(ports)) return spec;
  return { ...spec, ports: ports.map((port: unknown) => ({ targetPort: 0, ...fields(port) })) };
}

function template(value: unknown, time: object): Fields {
  const { metadata, spec, ...rest } = fields(value);
  return {
    ...rest,
    metadata: { ...time, ...fields(metadata) },
    spec: podSpec(fields(spec)),
  };
}

function podSpec(spec: Fields): Fields {
  const list = (name: string): Fields => {
    const containers = spec[name];
    if (!Array.isArray(containers)) return {};
    return { [name]: containers.map((one: unknown) => ({ resources: {}, ...fields(one) })) };
  };
  return { ...spec, ...list('initContainers'), ...list('containers') };
}
