import { podman } from '../harness/engines.js';
import { registryState } from '../stories/registry-state.js';

registryState(podman, { whole: false });
