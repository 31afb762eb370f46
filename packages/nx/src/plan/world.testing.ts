import { createHash } from 'node:crypto';
import type { Comparison } from '@image-versions/diff';
import { ImageVersionsError } from '../errors.js';
import { type ContainerImage, imageOf, type VersionsState } from '../store/state.js';
import { formatVarsFile, parseVarsFile } from '../store/vars-file.js';
import { formatVersionsFile, parseVersionsFile, pinOf, prefixesOf } from '../store/versions-file.js';
import { type Composition, compose } from './compose.js';
import { tagsToResolve } from './compose-records.js';
import { type BuildFacts, decideBuild, decideBuilt, digestToResolve, outcomeOf, tagToResolve } from './decide.js';
import { recordedFresh, versionsRequest } from './fresh.js';
import type { PinOutcome } from './outcomes.js';
import type { PublishMode, PublishRecord } from './record.js';

/** What a run did, as a test looks at it. */
export interface Run {
  /** `app:2222222`, in the order of pushing. */
  readonly pushed: readonly string[];
  /** Projects that were built. */
  readonly built: readonly string[];
  /** Projects whose record came from the cache. */
  readonly restored: readonly string[];
  readonly errors: readonly string[];
  readonly composition: Composition;
}

interface RunOptions {
  readonly commit: string;
  readonly mode?: PublishMode;
  readonly dryRun?: boolean;
  /** `--skip-nx-cache`: nothing is taken from the cache, nor put there. */
  readonly skipsCache?: boolean;
  /** Files written of all that are due, then the process is killed; all by default. */
  readonly writes?: number;
}

/** `sha256:` of a word, for a digest. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/**
 * A workspace in memory: the two files as texts, a registry of tags, a cache of records, and sources of which the content of an image is
 * a function. Runs go through the real plan; only building, pushing and comparing are made up.
 */
export class World {
  versionsText = '';
  varsText = '';
  /** Sources of a project, as one word. `x~1` and `x~2` build to the same content, in different bytes. */
  sources: Record<string, string>;
  /** `app:2222222` to digest. */
  readonly registry = new Map<string, string>();
  /** Content of a digest. */
  readonly contents = new Map<string, string>();
  readonly cache = new Map<string, PublishRecord>();

  constructor(sources: Record<string, string>) {
    this.sources = sources;
  }

  /** Three images, published as `c000001`. */
  static published(): World {
    const world = new World({ app: 'a1', 'db-init': 'd1', redis: 'r1' });
    world.publish({ commit: 'c000001' });
    return world;
  }

  /** The same, pinned at `v1.0.0`. */
  static released(): World {
    const world = World.published();
    world.pin('v1.0.0');
    return world;
  }

  /** Both version files, to be compared as a whole. */
  get files(): string {
    return `${this.versionsText}\n--\n${this.varsText}`;
  }

  /** The versions file without comments. */
  get pinLines(): string {
    return this.versionsText.replace(/^#.*\n/gm, '');
  }

  get workspace(): ContainerImage[] {
    return Object.keys(this.sources).map((project) => ({
      project,
      prefix: project.replaceAll('-', ''),
      image: `r.io/${project}`,
    }));
  }

  get state(): VersionsState {
    return { versions: parseVersionsFile(this.versionsText), images: parseVarsFile(this.varsText) };
  }

  /** `nx run-many -t publish-image`, or of some projects. */
  publish(options: RunOptions, projects = Object.keys(this.sources)): Run {
    const { state } = this;
    const run = { pushed: [] as string[], built: [] as string[], restored: [] as string[], errors: [] as string[] };
    const records: PublishRecord[] = [];
    for (const container of this.workspace.filter(({ project }) => projects.includes(project))) {
      const mode = options.mode ?? 'only_changed';
      const unique = mode !== 'only_changed' || options.dryRun === true ? JSON.stringify(options) : '';
      const key = `${this.sources[container.project]}|${JSON.stringify(versionsRequest(imageOf(state, container.prefix), state.versions, container.prefix))}|${unique}`;
      const cached = this.cache.get(`${container.project}|${key}`);
      if (cached !== undefined && !options.skipsCache) {
        run.restored.push(container.project);
        records.push(cached);
        continue;
      }
      try {
        const record = this.runTask(state, container, options, mode, run);
        if (!options.skipsCache) this.cache.set(`${container.project}|${key}`, record);
        records.push(record);
      } catch (error) {
        if (!(error instanceof ImageVersionsError)) throw error;
        run.errors.push(error.message);
      }
    }
    const facts = { workspace: this.workspace, records, restored: new Set(run.restored) };
    const resolved = new Map(
      tagsToResolve(state, facts).map(({ image, version }) => [`${image}:${version}`, this.resolve(image, version)]),
    );
    const composition = compose(state, {
      ...facts,
      pins: [],
      unpins: [],
      resolved,
      now: new Date('2024-05-06T07:08:09Z'),
    });
    this.write(composition, options.writes);
    run.errors.push(...composition.errors.map(({ message }) => message));
    return { ...run, composition };
  }

  /** `nx run-many -t pin --version=…`, or of some projects. */
  pin(
    version: string,
    options: { readonly repin?: boolean; readonly writes?: number } = {},
    projects = Object.keys(this.sources),
  ): Composition {
    const { state } = this;
    const pins = this.workspace
      .filter(({ project }) => projects.includes(project))
      .map((container): PinOutcome => {
        const outcome = { ...container, formatVersion: 1 as const, version, repin: options.repin === true };
        const pin = pinOf(state.versions, container.prefix);
        const image = imageOf(state, container.prefix);
        if (pin?.kind === 'hold') return { ...outcome, result: 'held', pinnedAt: pin.version };
        if (pin !== undefined && !outcome.repin) return { ...outcome, result: 'already', pinnedAt: pin.version };
        if (image === undefined) throw new Error(`${container.project} was never published`);
        this.registry.set(`${container.project}:${version}`, image.digest);
        return { ...outcome, result: 'pinned', digest: image.digest, standing: image.version };
      });
    const composition = this.compose({ pins });
    this.write(composition, options.writes);
    return composition;
  }

  /** `nx run x:unpin`. */
  unpin(project: string): void {
    const container = this.workspace.find((each) => each.project === project);
    if (container === undefined) throw new Error(project);
    this.write(this.compose({ unpins: [{ ...container, formatVersion: 1, result: 'unpinned' }] }));
  }

  /** What a deployment gets: `app=2222222`. */
  get standing(): string {
    const { versions, images } = this.state;
    return images
      .map(({ project, prefix, version }) => `${project}=${pinOf(versions, prefix)?.version ?? version}`)
      .join(' ');
  }

  private compose(facts: {
    pins?: PinOutcome[];
    unpins?: { project: string; prefix: string; image: string; formatVersion: 1; result: 'unpinned' }[];
  }): Composition {
    const none = { records: [], restored: new Set<string>(), pins: [], unpins: [], resolved: new Map() };
    return compose(this.state, { ...none, ...facts, workspace: this.workspace, now: new Date('2024-05-06T07:08:09Z') });
  }

  private runTask(
    state: VersionsState,
    container: ContainerImage,
    options: RunOptions,
    mode: PublishMode,
    run: { pushed: string[]; built: string[] },
  ): PublishRecord {
    const { project, prefix, image } = container;
    const pin = pinOf(state.versions, prefix);
    const imageState = imageOf(state, prefix);
    const { fresh } = versionsRequest(imageState, state.versions, prefix);
    const asked = tagToResolve({ mode, pin, state: imageState });
    const resolved = asked === undefined ? undefined : this.resolve(image, asked);
    const facts: BuildFacts = {
      project,
      image,
      mode,
      pin,
      state: imageState,
      fresh,
      resolved,
      stored: this.stored(digestToResolve({ mode, pin, state: imageState, resolved })),
      commitTag: options.commit,
    };
    const record = { formatVersion: 1 as const, project, image, mode, dryRun: options.dryRun === true, fresh };
    const plan = decideBuild(facts);
    if (plan.action === 'retag') {
      if (!record.dryRun) {
        this.registry.set(`${project}:${plan.tag}`, plan.digest);
        run.pushed.push(`${project}:${plan.tag}`);
      }
      return { ...record, outcome: 'published', reasons: plan.reasons, digest: plan.digest, tag: plan.tag };
    }
    if (plan.action !== 'build')
      return {
        ...record,
        outcome: plan.outcome,
        reasons: plan.reasons,
        ...('digest' in plan && { digest: plan.digest, tag: plan.tag }),
      };
    run.built.push(project);
    const source = this.sources[project] ?? '';
    const content = source.split('~')[0] ?? '';
    const digest = digestOf(`${source} at ${options.commit}${plan.isFresh ? ` fresh ${fresh}` : ''}`);
    const found = this.resolve(image, plan.tag);
    const decision = decideBuilt({
      project,
      image,
      plan,
      comparison: plan.standing && comparison(this.contents.get(plan.standing.digest) === content),
      existing: found === undefined ? undefined : { digest: found, isSame: this.contents.get(found) === content },
      isDirty: false,
    });
    const outcome = outcomeOf(decision, mode);
    const counted = recordedFresh(fresh, { outcome, mode, skipsCache: options.skipsCache === true });
    const base = { ...record, fresh: counted, outcome, reasons: decision.reasons, tag: decision.tag };
    if (decision.action !== 'publish') return { ...base, digest: decision.digest };
    if (record.dryRun) return base;
    const stored = decision.retag ?? digest;
    this.registry.set(`${project}:${decision.tag}`, stored);
    this.contents.set(stored, content);
    run.pushed.push(`${project}:${decision.tag}`);
    return { ...base, digest: stored };
  }

  private resolve(image: string, version: string): string | undefined {
    return this.registry.get(`${image.replace('r.io/', '')}:${version}`);
  }

  /** A digest that some tag keeps. */
  private stored(digest: string | undefined): string | undefined {
    return [...this.registry.values()].find((each) => each === digest);
  }

  /** In the order of `updateVersionFiles`. */
  private write({ steps }: Composition, writes = Number.POSITIVE_INFINITY): void {
    let left = writes;
    for (const { versions, images } of steps) {
      const texts = {
        versionsText: formatVersionsFile(versions),
        varsText: formatVarsFile(images, { versionsFileName: 'image_versions.src' }),
      };
      const kept = new Set(prefixesOf(versions));
      const loses = prefixesOf(parseVersionsFile(this.versionsText)).some((prefix) => !kept.has(prefix));
      const order = ['versionsText', 'varsText'] as const;
      for (const file of loses ? order.toReversed() : order) {
        if (this[file] !== texts[file] && left-- > 0) this[file] = texts[file];
      }
    }
  }
}

function comparison(isSame: boolean): Comparison {
  return {
    verdict: isSame ? 'same' : 'changed',
    decidedBy: 'content',
    before: { name: 'before' },
    after: { name: 'after' },
    changes: [],
    truncated: false,
    categories: isSame ? [] : ['code'],
    noise: [],
    profile: 'content',
    policyVersion: '1',
  };
}
