import { docker } from '../harness/engines.js';
import { buildTarget } from '../stories/build-target.js';
import { engineFailures } from '../stories/failures.js';

engineFailures(docker);
buildTarget(docker);
