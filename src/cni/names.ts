// Names that plugins make of what they are given. Where the real ones draw at random, these follow from the Pod.
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** CNI_CONTAINERID of a Pod's sandbox: 64 hexadecimal digits, which containerd draws at random. */
export function sandboxId(uid: string): string {
  return bytesToHex(sha256(utf8ToBytes(`sandbox ${uid}`)));
}

/** A device named after its Pod: Calico's VethNameForWorkload, GeneratePodHostVethName of the VPC CNI. */
export function podDevice(prefix: string, namespace: string, name: string): string {
  return `${prefix}${bytesToHex(sha1(utf8ToBytes(`${namespace}.${name}`))).slice(0, 11)}`;
}

/** A device with a random name: RandomVethName of pkg/ip. */
export function sandboxDevice(sandbox: string): string {
  return `veth${sandbox.slice(0, 8)}`;
}
