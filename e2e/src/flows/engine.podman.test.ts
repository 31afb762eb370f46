import { podman } from '../harness/engines.js';
import { buildTarget } from '../stories/build-target.js';
import { engineFailures } from '../stories/failures.js';

engineFailures(podman);
buildTarget(podman);
