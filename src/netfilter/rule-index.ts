// placeholder
import type { Lookup } from './walk.ts';
export const indexed: Lookup = () => null;
