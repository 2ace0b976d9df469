// Registers the World and what surrounds each scenario and step.
import {
  After,
  Before,
  BeforeAll,
  BeforeStep,
  setDefinitionFunctionWrapper,
  setWorldConstructor,
} from '@cucumber/cucumber';
import { useBackend } from '../src/harness/backend.ts';
import { explorationOf, explore } from '../src/harness/explore.ts';
import { explained } from '../src/harness/mistakes.ts';
import { unfit } from '../src/harness/modes.ts';
import { beginScenario, beginStep, endScenario } from '../src/harness/scenario.ts';
import { SvcWorld, type WorldParameters } from '../src/harness/world.ts';

// Making the backend ready starts other programs, which a busy machine may keep waiting past Cucumber's five seconds.
BeforeAll({ timeout: 120_000 }, async function () {
  const { backend = 'sim' } = this.parameters as WorldParameters;
  await useBackend(backend);
});

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

After<SvcWorld>(function ({ result, pickle }) {
  const passed = result?.status === 'PASSED';
  endScenario(this, passed);
  const exploration = explorationOf(
    this,
    pickle.tags.map(({ name }) => name),
  );
  if (passed && exploration !== null) explore(this, exploration);
});
