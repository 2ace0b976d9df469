import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode } from './encode.ts';
import { query } from './message.ts';
import { isSubdomain, labelBytes, labelsOf, lower } from './name.ts';

const label = fc.constantFrom('a', 'B', 'c', 'a\\.b', 'b\\', 'x\\046y', 'svc', 'É');
const names = fc.array(label, { maxLength: 4 }).map((labels) => `${labels.join('.')}.`);

/** The plain ways. */
const plainLower = (name: string) => name.replace(/[A-Z]/g, (c) => c.toLowerCase());
function plainIsSubdomain(zone: string, name: string): boolean {
  const [z, n] = [plainLower(zone), plainLower(name)];
  if (z === '.' || n === z) return true;
  return n.endsWith(`.${z}`) && !n.slice(0, -z.length - 1).endsWith('\\');
}

test('names compare as the plain reading of the text says', () => {
  const alike = (is: typeof isSubdomain) =>
    fc.property(names, names, fc.boolean(), (zone, other, below) => {
      const name = below && zone !== '.' ? `${other === '.' ? '' : other}${zone}` : other;
      assert.equal(lower(name), plainLower(name));
      assert.equal(is(zone, name), plainIsSubdomain(zone, name));
    });
  fc.assert(alike(isSubdomain), { numRuns: 1000 });
  const careless = (zone: string, name: string) => lower(name).endsWith(lower(zone));
  assert.throws(() => fc.assert(alike(careless), { numRuns: 1000 }));
});

test('a name is written label by label, escapes as the bytes they stand for', () => {
  fc.assert(
    fc.property(names, (name) => {
      const wire = labelsOf(name).flatMap((one) => [labelBytes(one).length, ...labelBytes(one)]);
      const written = [...encode(query(1, name, 1))].slice(12, -4);
      assert.deepEqual(written, [...wire, 0]);
    }),
  );
});
