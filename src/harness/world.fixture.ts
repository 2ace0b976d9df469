// A World without Cucumber, for tests of what steps do.
import { beginsWithText } from './manifests.ts';
import { SvcWorld } from './world.ts';

/** A scenario that has begun with these manifests. */
export function worldOf(text: string, underGiven = false): SvcWorld {
  const world = new SvcWorld({
    attach: async () => {},
    log: () => {},
    link: () => {},
    parameters: {},
  });
  world.underGiven = underGiven;
  beginsWithText(world, text);
  return world;
}
