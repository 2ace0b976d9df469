// What sets the clouds that a document can name apart, but for their checks: which Services they make no balancer for and in
// which words, which ports a balancer listens on, what it hashes. A document that names no cloud has one that takes all.
// Words: cloud-provider-gcp providers/gce (checkMixedProtocol, getProtocol), cloud-provider-azure
// pkg/provider/azure_loadbalancer.go (getExpectedLBRules), cloud-provider-aws pkg/providers/v1/aws.go (checkProtocol).
import { anyCloud, type CloudName, clouds, type Hashed } from '../api/cloud-providers.table.ts';
import type { Service, ServicePort } from '../api/types.ts';

const prefix = 'service.beta.kubernetes.io/';
const azureInternal = `${prefix}azure-load-balancer-internal`;
const awsBoth = `${prefix}aws-load-balancer-enable-tcp-udp-listener`;
const awsAttributes = `${prefix}aws-load-balancer-target-group-attributes`;

/** Whether all that an annotation says decides something here. */
export function isRuling(name: CloudName | null, annotation: string, value: string): boolean {
  if (name !== 'aws') return false;
  if (annotation === awsAttributes) return attributesOf(value).every((one) => sticky.includes(one));
  return annotation === awsBoth && ['true', 'false'].includes(value);
}

/** Why the cloud makes no balancer for the Service; null: it does. */
export function refusalOf(name: CloudName | null, service: Service): string | null {
  const protocols = portsOf(service).map(({ protocol = 'TCP' }) => protocol);
  const wantsSCTP = protocols.includes('SCTP');
  switch (name) {
    case 'gce':
      if (new Set(protocols).size > 1) return 'mixed protocol is not supported for LoadBalancer';
      return wantsSCTP ? 'invalid protocol SCTP, only TCP and UDP are supported' : null;
    case 'aws':
      return wantsSCTP ? 'Protocol SCTP not supported by LoadBalancer' : null;
    case 'azure': {
      const isInternal = noteOf(service, azureInternal) === 'true';
      if (!wantsSCTP || isInternal) return null;
      return 'SCTP is only supported on standard loadbalancer in internal mode';
    }
    case null:
      return null;
  }
}

/** A Network Load Balancer has one listener for a number: of TCP and UDP at once only where the annotation says so. */
export function listenersOf(name: CloudName | null, service: Service): readonly ServicePort[] {
  const ports = portsOf(service);
  if (name !== 'aws' || noteOf(service, awsBoth) === 'true') return ports;
  return ports.filter(({ port }, i) => ports.findIndex((one) => one.port === port) === i);
}

/** What picks the node of a connection. */
export function hashedFor(name: CloudName | null, service: Service): Hashed {
  if (name === 'aws' && isSticky(noteOf(service, awsAttributes) ?? '')) return 'client';
  const { hashed } = name === null ? anyCloud : clouds[name];
  return hashed[service.spec.sessionAffinity === 'ClientIP' ? 'ClientIP' : 'None'];
}

const sticky: readonly string[] = ['stickiness.enabled=true', 'stickiness.type=source_ip'];

function isSticky(attributes: string): boolean {
  const given = attributesOf(attributes);
  return sticky.every((one) => given.includes(one));
}

/** "a=b,c=d": of a target group. */
function attributesOf(text: string): readonly string[] {
  return text.split(',').map((one) => one.trim());
}

function portsOf({ spec }: Service): readonly ServicePort[] {
  return spec.ports ?? [];
}

function noteOf({ metadata }: Service, annotation: string): string | undefined {
  return metadata.annotations?.[annotation];
}
