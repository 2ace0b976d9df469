// The hash of a Corefile that `reload` compares and prints: over its parsed form as Go's encoding/json writes it, tokens
// with their lines (CoreDNS plugin/reload/reload.go, coredns/caddy caddyfile.ServerBlock). So a comment changes nothing,
// unless it moves what is below.
import { md5 } from '@noble/hashes/legacy.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { byCodeUnit } from '../../sim/table.ts';
import { atLeast, type CoreDnsVersion } from '../kubeadm/version.ts';
import type { ServerBlock } from './corefile.ts';

export interface CorefileHash {
  readonly name: 'MD5' | 'SHA512';
  readonly hex: string;
}

/** `file`: the name of the Corefile itself, whose tokens carry no file name. */
export function hashOf(
  blocks: readonly ServerBlock[],
  file: string,
  version: CoreDnsVersion,
): CorefileHash {
  const bytes = utf8ToBytes(jsonOf(blocks, file));
  return atLeast(version, '1.9.0')
    ? { name: 'SHA512', hex: bytesToHex(sha512(bytes)) }
    : { name: 'MD5', hex: bytesToHex(md5(bytes)) };
}

function jsonOf(blocks: readonly ServerBlock[], file: string): string {
  const text = JSON.stringify(
    blocks.map(({ keys, directives }) => ({
      Keys: keys,
      Tokens: Object.fromEntries(
        [...directives.keys()].sort(byCodeUnit).map((name) => [
          name,
          (directives.get(name) ?? []).map((token) => ({
            File: token.file === file ? '' : token.file,
            Line: token.line,
            Text: token.text,
          })),
        ]),
      ),
    })),
  );
  return text.replace(/[<>&\u2028\u2029]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
