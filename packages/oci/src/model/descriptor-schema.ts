import * as v from 'valibot';
import type { Descriptor, Digest, Platform } from '../content/descriptor.js';
import { isDigest } from '../content/digest.js';
import { goObject, maybe, stringMap } from './json.js';

/** A digest that can be verified. */
export const digestSchema = v.custom<Digest>(isDigest, 'expected a sha256 or sha512 digest');

/** image-spec 1.1, image-index.md, "platform". */
export const platformSchema = v.pipe(
  goObject({
    os: maybe(v.string()),
    architecture: maybe(v.string()),
    variant: maybe(v.string()),
    'os.version': maybe(v.string()),
    'os.features': maybe(v.array(v.string())),
  }),
  v.transform(
    ({ os, architecture, variant, ...rest }): Platform => ({
      os: os ?? '',
      architecture: architecture ?? '',
      ...(variant && { variant }),
      ...(rest['os.version'] && { 'os.version': rest['os.version'] }),
      ...(rest['os.features']?.length && { 'os.features': rest['os.features'] }),
    }),
  ),
);

/** image-spec 1.1, descriptor.md. What is absent is left out, so that descriptors compare by value. */
export const descriptorSchema = v.pipe(
  goObject({
    mediaType: v.pipe(v.string(), v.nonEmpty('expected a media type')),
    digest: digestSchema,
    size: v.pipe(
      v.number(),
      v.safeInteger('expected a whole number of bytes'),
      v.minValue(0, 'expected 0 or more bytes'),
    ),
    annotations: maybe(stringMap),
    platform: maybe(platformSchema),
    urls: maybe(v.array(v.string())),
    artifactType: maybe(v.string()),
  }),
  v.transform(
    ({ mediaType, digest, size, annotations, platform, urls, artifactType }): Descriptor => ({
      mediaType,
      digest,
      size,
      ...(annotations && { annotations }),
      ...(platform && { platform }),
      ...(urls && { urls }),
      ...(artifactType && { artifactType }),
    }),
  ),
);
