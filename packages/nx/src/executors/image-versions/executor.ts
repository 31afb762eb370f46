import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { standingVersion } from '../../store/state.js';
import { readVersionFiles } from '../../store/version-files.js';
import { runReported } from '../report.js';

export interface ImageVersionsOptions {
  versionsFile: string;
  varsFile: string;
}

/** Prints `IMG VER` for each image that has a version, as `bash image_vars.src imageVersions` does. */
export default async function imageVersions(options: ImageVersionsOptions, context: ExecutorContext) {
  return runReported(async () => {
    const state = await readVersionFiles({
      versionsFile: join(context.root, options.versionsFile),
      varsFile: join(context.root, options.varsFile),
    });
    for (const { prefix, image } of state.images) console.log(`${image} ${standingVersion(state, prefix)}`);
  });
}
