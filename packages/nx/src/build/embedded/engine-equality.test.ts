import { join } from 'node:path';
import { type Comparison, compareImages, createPolicy } from '@image-versions/diff';
import {
  createRegistryClient,
  type Engine,
  type Image,
  openEngineImages,
  openRepositoryImages,
  type RegistryClient,
} from '@image-versions/oci';
import {
  buildImage,
  describeWithEngine,
  pushImage,
  startTestRegistry,
  type TestRegistry,
} from '@image-versions/oci/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openFirst } from '../open-first.js';
import { baseImage } from './base.testing.js';
import { buildEmbedded } from './build.js';
import { type Case, cases, commonFiles } from './cases.testing.js';
import { writeContext } from './context.testing.js';

const policies = [createPolicy(), createPolicy({ profile: 'strict' })];

await describeWithEngine('the embedded builder makes what an engine makes', (engine) => {
  let registry: TestRegistry;
  let client: RegistryClient;
  let repositoryName: string;
  let baseName: string;

  beforeAll(async () => {
    registry = await startTestRegistry();
    client = createRegistryClient();
    repositoryName = `${registry.host}/ivtest-embedded/base`;
    baseName = `${repositoryName}:1`;
    await pushImage(client.repository(repositoryName), buildImage(baseImage), '1');
    await engine.pull(baseName);
  });
  afterAll(async () => {
    await engine.remove(baseName);
    await client.close();
    await registry.close();
  });

  const openBase = async () => {
    const repository = client.repository(repositoryName);
    const images = await openRepositoryImages(repository, '1');
    return { repository, image: await images.open({ os: 'linux', architecture: 'amd64' }) };
  };

  for (const buildKit of [false, true]) {
    const builder = buildKit ? 'buildkit' : 'classic';
    describe(builder, () => {
      it.for(cases.filter(({ on = builder }) => on === builder))('$name', async (one) => {
        const context = await contextOf(one, baseName);
        const own = await buildEmbedded({
          dockerfile: join(context, 'Dockerfile'),
          context,
          buildArgs: one.buildArgs ?? {},
          ...(one.target && { target: one.target }),
          sourceDateEpoch: 1_700_000_000,
          openBase,
        });
        onTestFinished(() => own.close());
        const image = await engineImage(engine, one, context, buildKit);
        try {
          for (const policy of policies) expect(told(await compareImages(image, own.images, policy))).toEqual([]);
        } finally {
          await image.close();
          await engine.remove(image.configDigest ?? image.manifestDigest ?? '');
        }
      });
    });
  }
});

async function contextOf(one: Case, baseName: string): Promise<string> {
  const named = (dockerfile: string) => dockerfile.replaceAll('BASE', baseName);
  return writeContext({
    ...commonFiles,
    ...one.files,
    Dockerfile: named(one.dockerfile),
    ...(one.twin && { 'Dockerfile.twin': named(one.twin) }),
  });
}

async function engineImage(engine: Engine, one: Case, context: string, buildKit: boolean): Promise<Image> {
  const { id } = await engine.build({
    context,
    buildKit,
    noCache: true,
    ...(one.twin && { dockerfile: 'Dockerfile.twin' }),
    ...(one.buildArgs && { buildArgs: one.buildArgs }),
    ...(one.target && { target: one.target }),
  });
  const images = await openEngineImages(engine, id);
  return openFirst(images);
}

/** Every difference on a line. */
function told({ changes, noise }: Comparison): string[] {
  return [
    ...changes.map(({ action, subject, detail }) => `${action} ${subject}: ${detail}`),
    ...noise.map(({ rule, examples }) => `${rule}: ${examples.join(', ')}`),
  ];
}
