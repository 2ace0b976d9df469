// For plain cucumber-js: svcspec's steps. `svcspec run` has them anyway.
import 'svcspec/steps';
