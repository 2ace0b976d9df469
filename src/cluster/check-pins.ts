// Pins against what the manifests themselves ask for and against the ranges of the nodes: what can only be told when
// both are known. That pins contradict each other or the Cluster document is src/manifest's to find.
import type { Pin } from '../api/cluster-spec.ts';
import { type InputCode, InputError } from '../api/input-error.ts';
import type { Manifest } from '../api/manifest.ts';
import { keyOf, type Node, type Pod, type Service } from '../api/types.ts';
import { type Addr, formatAddr } from '../net/addr.ts';
import { type Cidr, contains, formatCidr, nth, parseCidr } from '../net/cidr.ts';

/** Throws the first contradiction as InputError: pin-taken at the manifest's value, pin-out-of-range at the pin. */
export function checkPins(
  pins: readonly Pin[],
  manifests: readonly Manifest[],
  nodes: readonly Node[],
): void {
  for (const pin of pins) checkAddresses(pin, nodes);
  const byObject = new Map(pins.map((pin) => [pin.object, pin]));
  for (const manifest of manifests) {
    const { object } = manifest;
    const { namespace = 'default' } = object.metadata;
    const key = keyOf({ metadata: { ...object.metadata, namespace } });
    const pin = byObject.get(`${object.kind}/${key}`);
    if (pin === undefined) continue;
    if (object.kind === 'Service') checkService(pin, manifest);
    if (object.kind === 'Pod') checkPod(pin, manifest);
  }
}

function disagrees(manifest: Manifest, path: string, asks: string, pin: Pin, pinned: string) {
  const { source } = manifest;
  const position = source.at(path) ?? source.at('');
  const where = pin.position === null ? '' : ` (${pin.position.file}:${pin.position.line})`;
  return new InputError('pin-taken', `${pin.object} ${asks}, but its pin${where} is ${pinned}`, {
    position,
    sourceLine: position === null ? null : source.line(position.line),
    hint: 'change one of the two, or leave the pin out',
  });
}

function checkService(pin: Pin, manifest: Manifest): void {
  const { spec } = manifest.object as unknown as Partial<Service>;
  if (pin.clusterIP !== null) {
    const pinned = `cluster IP ${formatAddr(pin.clusterIP)}`;
    if (spec?.type === 'ExternalName') {
      throw disagrees(manifest, 'spec.type', 'has no cluster IP', pin, pinned);
    }
    const asked = spec?.clusterIP ?? '';
    if (asked !== '' && asked !== formatAddr(pin.clusterIP)) {
      throw disagrees(manifest, 'spec.clusterIP', `asks for cluster IP ${asked}`, pin, pinned);
    }
  }
  for (const [name, port] of Object.entries(pin.nodePorts)) {
    const pinned = `node port ${port}`;
    if (spec?.type !== 'NodePort' && spec?.type !== 'LoadBalancer') {
      throw disagrees(manifest, 'spec.type', 'has no node ports', pin, pinned);
    }
    const i = (spec.ports ?? []).findIndex((one) => (one.name ?? '') === name);
    const asked = spec.ports?.[i]?.nodePort ?? 0;
    if (i < 0) throw disagrees(manifest, 'spec.ports', `has no port "${name}"`, pin, pinned);
    if (asked !== 0 && asked !== port) {
      const path = `spec.ports[${i}].nodePort`;
      throw disagrees(manifest, path, `asks for node port ${asked}`, pin, pinned);
    }
  }
}

function checkPod(pin: Pin, manifest: Manifest): void {
  const asked = (manifest.object as unknown as Partial<Pod>).spec?.nodeName ?? '';
  if (pin.node === null || asked === '' || asked === pin.node) return;
  throw disagrees(manifest, 'spec.nodeName', `asks for node "${asked}"`, pin, `node "${pin.node}"`);
}

function checkAddresses(pin: Pin, nodes: readonly Node[]): void {
  for (const { ip, node } of [{ ip: pin.ip, node: pin.node }, ...pin.pods]) {
    if (ip === null) continue;
    const owner = nodes
      .flatMap(({ metadata, spec }) =>
        (spec.podCIDRs ?? []).flatMap((text) => {
          const range = parseCidr(text);
          return range === undefined ? [] : [{ name: metadata.name, range }];
        }),
      )
      .find(({ range }) => contains(range, ip));
    if (owner === undefined) continue;
    checkAddress(pin, ip, node, owner);
  }
}

function checkAddress(
  pin: Pin,
  ip: Addr,
  node: string | null,
  owner: { readonly name: string; readonly range: Cidr },
): void {
  const fail = (code: InputCode, why: string) =>
    new InputError(code, `the pin of ${pin.object}: ${formatAddr(ip)} ${why}`, {
      position: pin.position,
      hint: `node "${owner.name}" has ${formatCidr(owner.range)}`,
    });
  if (node !== null && node !== owner.name) {
    throw fail('pin-out-of-range', `belongs to node "${owner.name}", not to "${node}"`);
  }
  if (ip === nth(owner.range, 1)) {
    throw fail('pin-taken', `is the gateway of node "${owner.name}"`);
  }
}
