import * as v from 'valibot';
import { ImageVersionsError } from '../errors.js';
import { isPrefix } from './prefix.js';
import type { ContainerImage, ImageState } from './state.js';
import { isTag } from './version.js';

const tag = v.pipe(v.string(), v.check(isTag, 'expected a tag'));
const digest = v.pipe(
  v.string(),
  v.regex(/^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/, 'expected a digest (sha256:…)'),
);

/** Each field holds only characters that mean nothing to a shell between double quotes. */
const names = {
  project: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9@_:][\w@./:+-]*$/, 'expected a project name of letters, digits and @ . _ / : + -'),
  ),
  prefix: v.pipe(v.string(), v.check(isPrefix, 'expected the beginning of a variable name')),
  image: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._/[][\w./:[\]+-]*$/, 'expected an image name')),
};
const namesSchema = v.strictObject(names);
const schema = v.strictObject({
  ...names,
  version: tag,
  digest,
  pin: v.optional(v.strictObject({ version: tag, digest })),
  fresh: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/**
 * Error `invalid`, which names the field, if a name of this image may not be written into a file that shells source. To be called before
 * anything is published: afterwards no version of any image could be written down.
 */
export function checkNames(image: ContainerImage): void {
  check(
    namesSchema,
    image,
    `Names of project ${JSON.stringify(image.project)}`,
    'Rename the project, set registry, imageName or varPrefix, or exclude its Dockerfile in nx.json.',
  );
}

/** `image` as it is, if all of it may be written into a file that shells source; error `invalid`, which names the field, if not. */
export function checkImageState(image: ImageState): ImageState {
  return check(
    schema,
    image,
    `State of project ${JSON.stringify(image.project)}`,
    'Correct the name in the options of its publish-image target.',
  );
}

/** The state in a comment of `image_vars.src`; error `invalid`, at `place`, if it is damaged. */
export function parseImageState(text: string, place: string): ImageState {
  const hint =
    'The file is generated: restore it from git, or remove it, and publish-image finds out anew what the registry has.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ImageVersionsError(
      'invalid',
      `${place}: expected the state of an image as JSON; got ${JSON.stringify(text.slice(0, 80))}`,
      { hint, cause },
    );
  }
  return check(schema, value, place, hint);
}

function check<S extends v.GenericSchema>(schema: S, value: unknown, place: string, hint: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issues = result.issues.map(
    (issue) => `${v.getDotPath(issue) ?? 'state'}: ${issue.message}; got ${issue.received.slice(0, 140)}`,
  );
  throw new ImageVersionsError('invalid', `${place}: ${issues.join('; ')}`, { hint });
}
