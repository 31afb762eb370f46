import { pinVersions } from '../stories/pin-versions.js';

pinVersions(23);
