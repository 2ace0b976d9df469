// Reads the `local` directive (CoreDNS plugin/local/setup.go): it has no arguments, and upstream does not look.
import type { Setup } from '../../plugin.ts';
import { LocalHandler } from './handler.ts';

export const setup: Setup = () => [new LocalHandler()];
