import { docker } from '../harness/engines.js';
import { registryState } from '../stories/registry-state.js';

registryState(docker, { whole: true });
