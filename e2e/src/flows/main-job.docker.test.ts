import { docker } from '../harness/engines.js';
import { mainJob } from '../stories/main-job.js';

mainJob(docker, { whole: true });
