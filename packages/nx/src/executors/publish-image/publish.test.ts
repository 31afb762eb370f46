import { compareImages, createPolicy, DiffError } from '@image-versions/diff';
import { createRegistryClient, type ImageSet, type Repository } from '@image-versions/oci';
import { memoryImage, startTestRegistry, type TestRegistry } from '@image-versions/oci/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { normalizeContainer } from '../../options/container-options.js';
import type { ImageState } from '../../store/state.js';
import { parseVersionsFile } from '../../store/versions-file.js';
import { withVersions } from '../container.js';
import { publish } from './publish.js';
import type { PublishFacts, PublishTools } from './publish-facts.js';

let registry: TestRegistry;
let repository: Repository;

beforeEach(async () => {
  registry = await startTestRegistry();
  repository = createRegistryClient({ env: {} }).repository(`${registry.host}/acme/app`);
});
afterEach(() => registry.close());

const git = { commit: '3f2a9c1', changes: '', gitProblem: '' };

/** The facts of an image that stands where `state` and the text of the versions file say. */
function factsOf(parts: Partial<PublishFacts> & { state?: ImageState; versions?: string } = {}): PublishFacts {
  const { state, versions: text = '', ...rest } = parts;
  const container = normalizeContainer('app', 'app', { registry: `${registry.host}/acme` });
  return {
    container: withVersions(container, { versions: parseVersionsFile(text), images: state ? [state] : [] }),
    request: { mode: 'only_changed', dryRun: false, tag: undefined },
    skipsCache: false,
    git,
    ...rest,
  };
}

let builds: boolean[] = [];

/** Publishes an image whose one file has this content. */
function publishContent(content: string, facts: PublishFacts, parts: Partial<PublishTools> = {}) {
  builds = [];
  const image = memoryImage({ layers: [[{ path: 'app/main', content }]] });
  const images: ImageSet = {
    name: image.name,
    digest: undefined,
    isIndex: false,
    annotations: {},
    readPlatforms: async () => [image.config.platform],
    open: async () => image,
    close: async () => undefined,
  };
  return publish(facts, {
    repository,
    build: async (isFresh) => {
      builds.push(isFresh);
      const rest = { builder: 'test', reference: 'app', bases: {}, baseDiffIds: [], close: async () => undefined };
      return { ...rest, images, image };
    },
    compare: (before, built) => compareImages(before, built.images, createPolicy()),
    annotations: async () => ({}),
    changedInputs: async () => [],
    onPush: () => undefined,
    ...parts,
  });
}

/** The state after `content` was published as `version`. */
async function publishedAs(content: string, version: string): Promise<ImageState> {
  const record = await publishContent(content, factsOf({ git: { ...git, commit: version } }));
  const image = `${registry.host}/acme/app`;
  return { project: 'app', prefix: 'app', image, version, digest: record.digest ?? '', fresh: 0 };
}

const digestOf = async (tag: string) => (await repository.resolve(tag))?.digest;

describe('publishing an image', () => {
  it('pushes one that was never published under the commit, and moves latest', async () => {
    const record = await publishContent('one', factsOf());
    expect(record).toMatchObject({ outcome: 'published', tag: '3f2a9c1', commit: '3f2a9c1', builder: 'test' });
    expect(await digestOf('3f2a9c1')).toBe(record.digest);
    expect(await digestOf('latest')).toBe(record.digest);
  });

  const elsewhere = `sha256:${'a'.repeat(64)}`;
  const pinnedElsewhere = {
    state: {
      ...{ project: 'app', prefix: 'app', image: 'acme/app', version: '1111111', digest: elsewhere, fresh: 0 },
      pin: { version: 'v1.0.0', digest: elsewhere },
    },
    versions: 'app_VER="v1.0.0"\n',
    request: { mode: 'pinned_only', dryRun: false, tag: undefined } as const,
  };

  it.each([
    { facts: {}, tag: '3f2a9c1' },
    { facts: pinnedElsewhere, tag: 'v1.0.0' },
  ])(
    'pushes the first of a repository that only who may push to it can see is not there yet: $tag',
    async ({ facts, tag }) => {
      const hiding = await startTestRegistry({ auth: 'bearer', hidesMissing: true });
      const env = { IMAGE_VERSIONS_REGISTRY_USERNAME: 'user', IMAGE_VERSIONS_REGISTRY_PASSWORD: 'secret' };
      const client = createRegistryClient({ env, credentialsHost: hiding.host });
      const there = client.repository(`${hiding.host}/acme/app`);
      const record = await publishContent('one', factsOf(facts), { repository: there });
      expect((await there.resolve(tag))?.digest).toBe(record.digest);
      await client.close();
      await hiding.close();
    },
  );

  it('keeps one that has the same content, and pushes nothing', async () => {
    const state = await publishedAs('one', '1111111');
    const asked = registry.log().length;
    const record = await publishContent('one', factsOf({ state }));
    expect(record).toMatchObject({ outcome: 'kept', tag: '1111111', digest: state.digest });
    expect(
      registry
        .log()
        .slice(asked)
        .filter((request) => !/^(GET|HEAD) /.test(request)),
    ).toEqual([]);
  });

  it('pushes one that changed, and says what changed', async () => {
    const state = await publishedAs('one', '1111111');
    const record = await publishContent('two', factsOf({ state }));
    expect(record).toMatchObject({ outcome: 'published', tag: '3f2a9c1' });
    expect(record.reasons[0]?.text).toContain('/app/main');
  });

  it('pushes one that is too large to be compared, and says so', async () => {
    const state = await publishedAs('one', '1111111');
    const compare = async () => {
      throw new DiffError('limit', 'layer: too many paths');
    };
    const record = await publishContent('one', factsOf({ state }), { compare });
    expect(record).toMatchObject({ outcome: 'published', tag: '3f2a9c1' });
    expect(record).not.toHaveProperty('comparison');
    expect(record.reasons.map(({ text }) => text)).toEqual([
      expect.stringMatching(/too large to be compared with .*1111111, and so counts as changed/),
    ]);
  });

  it('never overwrites a tag with what is too large to be compared', async () => {
    await publishContent('one', factsOf());
    const standing = await digestOf('3f2a9c1');
    const compare = async () => {
      throw new DiffError('limit', 'layer: too many paths');
    };
    await expect(publishContent('two', factsOf(), { compare })).rejects.toMatchObject({ code: 'conflict' });
    expect(await digestOf('3f2a9c1')).toBe(standing);
  });

  it('fails where a comparison fails for anything else', async () => {
    const state = await publishedAs('one', '1111111');
    const compare = async () => {
      throw new DiffError('invalid', 'layer: damaged');
    };
    await expect(publishContent('one', factsOf({ state }), { compare })).rejects.toMatchObject({ code: 'invalid' });
    expect(await digestOf('3f2a9c1')).toBeUndefined();
  });

  it('does not build one that is held', async () => {
    const record = await publishContent('one', factsOf({ versions: 'export app_VER="v1.0.0"\n' }));
    expect(record.outcome).toBe('held');
    expect(builds).toEqual([]);
  });

  it('builds one whose pin was removed afresh, and publishes it whatever its content', async () => {
    const before = await publishedAs('one', '1111111');
    const state = { ...before, pin: { version: 'v1.0.0', digest: before.digest } };
    const record = await publishContent('one', factsOf({ state }));
    expect(builds).toEqual([true]);
    expect(record).toMatchObject({ outcome: 'published', tag: '3f2a9c1', fresh: 1 });
  });

  it('counts one that is published with caches skipped as a fresh build, since a cache may have an older record of it', async () => {
    const state = await publishedAs('one', '1111111');
    const skipsCache = true;
    expect(await publishContent('one', factsOf({ state, skipsCache }))).toMatchObject({ outcome: 'kept', fresh: 0 });
    expect(await publishContent('two', factsOf({ state, skipsCache }))).toMatchObject({ tag: '3f2a9c1', fresh: 1 });
  });

  it('finds what a killed run pushed, and pushes nothing twice', async () => {
    const before = await publishContent('one', factsOf());
    const asked = registry.log().length;
    const record = await publishContent('one', factsOf());
    expect(record).toMatchObject({ outcome: 'published', digest: before.digest });
    expect(
      registry
        .log()
        .slice(asked)
        .filter((request) => !/^(GET|HEAD) /.test(request)),
    ).toEqual([]);
  });

  it.each(['one', 'two'])(
    'published by two runs at once is what the first has put there, if that is the same (%s)',
    async (content) => {
      let first: string | undefined;
      // Asked for last of all before the push: the tag was free when it was looked up.
      const annotations = async () => {
        const annotations = async () => ({ by: 'the other run' });
        first = (await publishContent('one', factsOf(), { annotations })).digest;
        return {};
      };
      const publishing = publishContent(content, factsOf(), { annotations });
      if (content === 'two') await expect(publishing).rejects.toMatchObject({ code: 'conflict' });
      else expect(await publishing).toMatchObject({ outcome: 'published', tag: '3f2a9c1', digest: first });
      expect(await digestOf('3f2a9c1')).toBe(first);
      expect(await digestOf('latest')).toBe(first);
    },
  );

  it('puts a pinned tag that is gone back on what was pinned, by mode pinned_only, and not in a dry run', async () => {
    const before = await publishedAs('one', '1111111');
    const state = { ...before, pin: { version: 'v1.0.0', digest: before.digest } };
    const run = (dryRun: boolean) => {
      const request = { mode: 'pinned_only', dryRun, tag: undefined } as const;
      return publishContent('two', factsOf({ state, versions: 'app_VER="v1.0.0"\n', request }));
    };
    expect(await run(true)).toMatchObject({ outcome: 'published', tag: 'v1.0.0', digest: before.digest });
    expect(await digestOf('v1.0.0')).toBeUndefined();
    expect(await run(false)).toMatchObject({ outcome: 'published', tag: 'v1.0.0', digest: before.digest });
    expect(await digestOf('v1.0.0')).toBe(before.digest);
    expect(builds).toEqual([]);
  });

  it('never overwrites a tag with other content', async () => {
    await publishContent('one', factsOf());
    await expect(publishContent('two', factsOf())).rejects.toMatchObject({ code: 'conflict' });
  });

  it('decides and pushes nothing in a dry run', async () => {
    const request = { mode: 'only_changed', dryRun: true, tag: undefined } as const;
    const record = await publishContent('one', factsOf({ request }));
    expect(record).toMatchObject({ outcome: 'published', dryRun: true, tag: '3f2a9c1' });
    expect(record.digest).toBeUndefined();
    expect(await digestOf('3f2a9c1')).toBeUndefined();
  });
});

describe('a tag that is a commit means that commit', () => {
  it('so a tree with changes is an error that says so', async () => {
    const dirty = { ...git, changes: 'package-lock.json' };
    await expect(publishContent('one', factsOf({ git: dirty }))).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringContaining('changes that are not committed: package-lock.json'),
      hint: expect.stringContaining('--tag='),
    });
  });

  it('so no git is an error that says why', async () => {
    const none = { commit: '', changes: '', gitProblem: 'there is no git on the PATH' };
    await expect(publishContent('one', factsOf({ git: none }))).rejects.toThrow('there is no git on the PATH');
  });

  it('and another tag decides otherwise', async () => {
    const request = { mode: 'only_changed', dryRun: false, tag: 'v9.9.9' } as const;
    const record = await publishContent('one', factsOf({ git: { ...git, changes: 'package-lock.json' }, request }));
    expect(record).toMatchObject({ outcome: 'published', tag: 'v9.9.9', dirty: true });
  });

  it('and an image that is the same needs none', async () => {
    const state = await publishedAs('one', '1111111');
    expect(
      await publishContent('one', factsOf({ state, git: { ...git, changes: 'package-lock.json' } })),
    ).toMatchObject({
      outcome: 'kept',
    });
  });
});
