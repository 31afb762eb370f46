import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recordsFolder } from '../options/names.js';
import type { Builder } from './builder.js';
import { sourceDateEpoch } from './source-date-epoch.js';

/** Builds Dockerfiles that run no commands by itself: no engine, the same bytes on every machine. */
export const embedded: Builder = {
  name: 'embedded',
  async build({ workspaceRoot, container, keeps, bases, onOutput, signal }) {
    const [{ buildEmbedded, workspaceBases }, { defaultLayerCacheFolder }, { publishImage, openOciLayout }] =
      await Promise.all([import('./embedded/index.js'), import('@image-versions/diff'), import('@image-versions/oci')]);
    const { project, dockerfile, context, buildArgs, labels, stage } = container;
    const built = await buildEmbedded({
      dockerfile: join(workspaceRoot, dockerfile),
      dockerfileName: dockerfile,
      context: join(workspaceRoot, context),
      buildArgs,
      labels,
      ...(stage === undefined ? {} : { target: stage }),
      sourceDateEpoch: await sourceDateEpoch(workspaceRoot),
      openBase: workspaceBases(workspaceRoot, bases, signal),
      layerCacheDir: defaultLayerCacheFolder(process.env),
      name: `embedded:${project}`,
      onProgress: onOutput,
      signal,
    });
    try {
      const kept = `${recordsFolder}/images/${project}`;
      if (keeps) {
        await rm(join(workspaceRoot, kept), { recursive: true, force: true });
        const layout = openOciLayout(join(workspaceRoot, kept));
        await publishImage(built.image, layout, { tag: 'build', source: built.source, signal });
      }
      const { images, image, source, baseDiffIds } = built;
      const reference = keeps ? `oci:${kept}:build` : image.name;
      const close = built.close;
      return { builder: 'embedded', reference, images, image, source, bases: built.bases, baseDiffIds, close };
    } catch (error) {
      await built.close();
      throw error;
    }
  },
};
