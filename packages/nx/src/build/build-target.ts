import type { ExecutorContext } from '@nx/devkit';
import { ImageVersionsError } from '../errors.js';
import type { Builder } from './builder.js';
import { openEngineImage } from './engine-image.js';

/** Has another target make the image, which then lies in the engine under the name that the options say. */
export function buildTargetBuilder(target: string, context: ExecutorContext): Builder {
  return {
    name: `target ${target}`,
    async build({ container, bases, signal }) {
      const [{ runExecutor, parseTargetString }, { connectEngine }] = await Promise.all([
        import('@nx/devkit'),
        import('@image-versions/oci'),
      ]);
      const engine = await connectEngine({ signal });
      const parsed = target.includes(':') ? parseTargetString(target, context) : { project: container.project, target };
      for await (const { success } of await runExecutor(parsed, {}, context)) {
        if (success) continue;
        throw new ImageVersionsError(
          'environment',
          `Target ${target}, which makes the image of ${container.project}, failed`,
          {
            hint: `Its output is above; run it alone with nx run ${parsed.project}:${parsed.target}.`,
          },
        );
      }
      const reference = container.buildTargetImage;
      const opened = await openEngineImage(engine, reference);
      return {
        builder: `target ${parsed.project}:${parsed.target}`,
        reference,
        ...opened,
        bases: Object.fromEntries(bases),
        baseDiffIds: [],
        close: () => opened.images.close(),
      };
    },
  };
}
