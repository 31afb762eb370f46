export { buildEmbedded } from './build.js';
export { embeddedCanBuild } from './can-build.js';
export { workspaceBases } from './open-base.js';
