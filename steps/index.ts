// The vocabulary: importing this file registers the World, the parameter types and every step with Cucumber.
import './parameter-types.ts';
import './world.ts';
import './cluster.steps.ts';
import './object.steps.ts';
import './endpoint.steps.ts';
import './connection.steps.ts';
import './rule.steps.ts';
import './dns.steps.ts';
import './time.steps.ts';

export { SvcWorld } from '../src/harness/world.ts';
