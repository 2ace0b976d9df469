// Registers the World and what surrounds each scenario and step.
import {
  After,
  Before,
  BeforeStep,
  setDefinitionFunctionWrapper,
  setWorldConstructor,
} from '@cucumber/cucumber';
import { explained } from '../src/harness/mistakes.ts';
import { beginScenario, beginStep, endScenario } from '../src/harness/scenario.ts';
import { SvcWorld } from '../src/harness/world.ts';

setWorldConstructor(SvcWorld);
setDefinitionFunctionWrapper(explained);

Before<SvcWorld>(function ({ pickle, gherkinDocument }) {
  beginScenario(this, pickle, gherkinDocument);
});

BeforeStep<SvcWorld>(function ({ pickle, pickleStep, gherkinDocument }) {
  beginStep(this, pickleStep, gherkinDocument, pickle.steps);
});

After<SvcWorld>(function ({ result }) {
  endScenario(this, result?.status === 'PASSED');
});
