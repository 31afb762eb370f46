import { podman } from '../harness/engines.js';
import { mainJob } from '../stories/main-job.js';

mainJob(podman, { whole: false });
