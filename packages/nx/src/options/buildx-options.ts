import { ImageVersionsError } from '../errors.js';

/** What a person may write for `docker buildx build`; each option means what its flag means. */
export interface BuildxOptions {
  /** Instance that builds; default the one that `docker buildx use` chose, or BUILDX_BUILDER. */
  builderInstance?: string;
  /** Such as `linux/arm64`; several make an index. Default the instance's own. */
  platforms?: string[];
  cacheFrom?: string[];
  cacheTo?: string[];
  /** `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`; FILE from the workspace root. Never values. */
  secrets?: string[];
  /** `default`, or `ID=SOCKET|KEY`. */
  ssh?: string[];
  /** Further contexts by name; a folder is from the workspace root. */
  buildContexts?: Record<string, string>;
  /** Attests how the image was built: `true`, or what the flag takes (`mode=max`). Default false. */
  provenance?: boolean | string;
  /** Attests what is in the image: `true`, or what the flag takes (`generator=IMAGE`). Default false. */
  sbom?: boolean | string;
  /** The workers push to the image's repository, without a tag; default false: they send an archive. */
  pushByDigest?: boolean;
}

/** `BuildxOptions`, checked, with the defaults filled in. */
export interface Buildx {
  readonly instance: string | undefined;
  readonly platforms: readonly string[];
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly secrets: readonly string[];
  readonly ssh: readonly string[];
  readonly contexts: Readonly<Record<string, string>>;
  /** Value of the flag; `undefined`: the flag is left out. */
  readonly provenance: string | undefined;
  readonly sbom: string | undefined;
  readonly pushByDigest: boolean;
  /** Names of the options that are set. No other builder can do what they say. */
  readonly given: readonly string[];
}

const lists = ['platforms', 'cacheFrom', 'cacheTo', 'secrets', 'ssh'] as const;
const names = ['builderInstance', ...lists, 'buildContexts', 'provenance', 'sbom', 'pushByDigest'] as const;

/** Checks all options. Error `invalid`, which names the project and each bad field, and never shows what stands in `secrets`. */
export function normalizeBuildx(project: string, written: BuildxOptions): Buildx {
  const problems: string[] = [];
  const { builderInstance: instance, buildContexts: contexts = {} } = written;
  if (instance !== undefined && !/^[A-Za-z][A-Za-z0-9_.-]*$/.test(instance)) {
    problems.push(`builderInstance: expected the name of an instance, got ${JSON.stringify(instance)}`);
  }
  for (const name of lists) {
    const value: unknown = written[name];
    if (value === undefined || (Array.isArray(value) && value.every(isText))) continue;
    problems.push(`${name}: expected a list of texts`);
  }
  if (problems.length === 0) {
    for (const platform of written.platforms ?? []) {
      if (/^[a-z0-9]+\/[a-z0-9_-]+(\/v?[0-9]+)?$/.test(platform)) continue;
      problems.push(`platforms: expected os/architecture[/variant], got ${JSON.stringify(platform)}`);
    }
    for (const [at, secret] of (written.secrets ?? []).entries()) {
      if (isSecret(secret)) continue;
      problems.push(`secrets[${at}]: expected id=NAME,src=FILE or id=NAME,env=VARIABLE`);
    }
    for (const [name, value] of Object.entries(contexts)) {
      if (name === '' || name.includes('=') || !isText(value)) {
        problems.push(`buildContexts: expected names and places, got ${JSON.stringify(name)}`);
      }
    }
  }
  if (problems.length > 0) {
    throw new ImageVersionsError('invalid', `Options of project ${project}: ${problems.join('; ')}`, {
      hint: 'Correct them in the options of its publish-image target; docs/builders.md lists what each takes.',
    });
  }
  return {
    instance,
    platforms: written.platforms ?? [],
    cacheFrom: written.cacheFrom ?? [],
    cacheTo: written.cacheTo ?? [],
    secrets: written.secrets ?? [],
    ssh: written.ssh ?? [],
    contexts,
    provenance: flagValue(written.provenance),
    sbom: flagValue(written.sbom),
    pushByDigest: written.pushByDigest ?? false,
    given: names.filter((name) => isGiven(written[name])),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Whether these are fields as Docker's CLI takes them, and one is the ID. Anything else may be the secret itself. */
function isSecret(text: string): boolean {
  const fields = text.split(',').map((field) => /^(id|src|source|env|type)=[^\r\n]+$/.exec(field)?.[1]);
  return fields.includes('id') && fields.every((field) => field !== undefined);
}

function flagValue(value: boolean | string | undefined): string | undefined {
  return value === false || value === '' || value === undefined ? undefined : String(value);
}

function isGiven(value: unknown): boolean {
  if (value === undefined || value === false || value === '') return false;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}
