// Our kubernetes plugin against the machine's own CoreDNS: the same objects, the same Corefiles, thousands of questions,
// whole messages. Skips with its reason where there is no root or no CoreDNS. SVCSPEC_COREDNS_EVERY=1 asks every question
// (about 400,000 per release); otherwise one in so many. SVCSPEC_WRITE=1 keeps some as vectors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, type CoreDnsVersion } from '../src/dns/kubeadm/version.ts';
import { ours } from './coredns/ask.ts';
import { differences } from './coredns/differences.ts';
import { picture } from './coredns/picture.ts';
import { variants } from './coredns/variants.ts';
import { chosen, type Vector, writeVectors } from './coredns/vectors.ts';
import { type Answered, askReal, type Binary, binaries } from './real-coredns.ts';

const { found, reason } = binaries();
const skip = reason ?? false;
if (reason !== null) console.log(`real CoreDNS: skipped, ${reason}`);

const every = Number(process.env['SVCSPEC_COREDNS_EVERY'] ?? 40);

const known = (version: CoreDnsVersion) =>
  variants.filter(
    ({ since, until }) =>
      (since === undefined || atLeast(version, since)) &&
      (until === undefined || !atLeast(version, until)),
  );

async function askAll(binary: Binary): Promise<readonly Answered[]> {
  const names = known(binary.version).map(({ name }) => name);
  return await askReal(binary, picture, names, every);
}

function compare(
  answered: readonly Answered[],
  version: CoreDnsVersion,
  objects: readonly object[],
): readonly string[] {
  return answered.flatMap((one) => {
    const variant = variants.find(({ name }) => name === one.variant);
    assert.ok(variant !== undefined && one.answers.length > 12, `${one.variant}: ${one.log}`);
    return differences(one, ours(objects, variant, version));
  });
}

test('every answer as CoreDNS gives it', { skip }, async (t) => {
  const kept: Vector[] = [];
  for (const binary of found) {
    await t.test(`CoreDNS ${binary.version}`, async () => {
      const answered = await askAll(binary);
      const differing = compare(answered, binary.version, picture);
      kept.push(...chosen(binary.version, answered, kept));
      assert.deepEqual(differing.slice(0, 20), [], `${differing.length} differ`);
    });
  }
  if (process.env['SVCSPEC_WRITE'] === '1') writeVectors(kept);
});

test('the comparison catches one endpoint that is not ready', { skip }, async () => {
  const [binary] = found;
  assert.ok(binary !== undefined);
  const faulty = JSON.parse(
    JSON.stringify(picture).replaceAll('{"ready":true,"serving":false', '{"ready":false'),
  ) as readonly object[];
  const answered = await askAll(binary);
  const differing = compare(answered, binary.version, faulty);
  assert.ok(differing.length > 0);
});
