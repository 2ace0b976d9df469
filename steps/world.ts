// Registers the World and what surrounds each scenario and step.
import {
  After,
  Before,
  BeforeStep,
  setDefinitionFunctionWrapper,
  setWorldConstructor,
} from '@cucumber/cucumber';
import { explained } from '../src/harness/mistakes.ts';
import { unfit } from '../src/harness/modes.ts';
import { beginScenario, beginStep, endScenario } from '../src/harness/scenario.ts';
import { SvcWorld } from '../src/harness/world.ts';

setWorldConstructor(SvcWorld);
setDefinitionFunctionWrapper(explained);

Before<SvcWorld>(function ({ pickle, gherkinDocument }) {
  beginScenario(this, pickle, gherkinDocument);
  const tags = pickle.tags.map(({ name }) => name);
  const reason = unfit(tags, this.parameters.proxyMode);
  if (reason === null) return undefined;
  this.log(`skipped: ${reason}`);
  return 'skipped';
});

BeforeStep<SvcWorld>(function ({ pickle, pickleStep, gherkinDocument }) {
  beginStep(this, pickleStep, gherkinDocument, pickle.steps);
});

After<SvcWorld>(function ({ result }) {
  endScenario(this, result?.status === 'PASSED');
});
