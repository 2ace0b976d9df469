// The pens of a terminal. Whether colour is wanted is decided by main.ts.
import picocolors from 'picocolors';
import { type Pens, plain } from '../analysis/pens.ts';

export function pens(color: boolean): Pens {
  if (!color) return plain;
  const { red, green, bold, dim } = picocolors.createColors(true);
  return { good: green, bad: red, bold, dim };
}
