import { OciError, type Platform } from '@image-versions/oci';
import { namesAndDefaults } from './arguments.js';
import type { Base } from './bases.js';
import type { ImageLayer } from './compose-image.js';
import { type ConfigScope, configInstructions } from './config-instructions.js';
import { InstructionError } from './dockerfile-error.js';
import { type Expansion, expandWord, expandWords } from './expand.js';
import type { Instruction } from './parse.js';
import { emptyConfig, inheritConfig, type StageConfig, variablesOf } from './stage-config.js';
import { StageFiles } from './stage-files.js';

/** A stage while it is built. */
export class Stage {
  readonly config: StageConfig;
  /** Bottom to top. */
  readonly layers: ImageLayer[];
  /** What it was built on first: `undefined` for scratch. */
  readonly base: Base | undefined;
  readonly #args: Map<string, string>;
  #files: Promise<StageFiles> | (() => Promise<StageFiles>);
  cmdIsOwn = false;

  private constructor(
    config: StageConfig,
    layers: readonly ImageLayer[],
    base: Base | undefined,
    args: ReadonlyMap<string, string>,
    files: () => Promise<StageFiles>,
  ) {
    this.config = config;
    this.layers = [...layers];
    this.base = base;
    this.#args = new Map(args);
    this.#files = files;
  }

  static onScratch(platform: Platform): Stage {
    return new Stage(emptyConfig(platform), [], undefined, new Map(), async () => new StageFiles());
  }

  static onBase(base: Base): Stage {
    const { image, repository } = base;
    const layers = image.config.diffIds.map((diffId, at): ImageLayer => {
      const descriptor = image.layers?.[at];
      if (descriptor === undefined) throw new OciError('unsupported', `${image.name} is not stored as layers`);
      return { diffId, descriptor, repository };
    });
    return new Stage(inheritConfig(image.config), layers, base, new Map(), async () => (await base.files()).fork());
  }

  /** Goes on where another stage ended: its ARGs count too. */
  static onStage(below: Stage): Stage {
    const files = async () => (await below.files()).fork();
    return new Stage(inheritConfig(below.config), below.layers, below.base, below.#args, files);
  }

  /** Its file system. Read from the base when first asked for: a stage that only changes the config never needs it. */
  files(): Promise<StageFiles> {
    if (typeof this.#files === 'function') this.#files = this.#files();
    return this.#files;
  }

  /** ENV counts more than ARG. */
  expansion(escapeSign: string, keepsQuotes = false): Expansion {
    const variables = new Map([...this.#args, ...variablesOf(this.config.run.env)]);
    return { variables, escapeSign, keepsQuotes };
  }

  /** ARG: what the caller gives, else its own default, else what the ARG before the first FROM says. */
  setArgs(
    { rest }: Instruction,
    escapeSign: string,
    buildArgs: Readonly<Record<string, string>>,
    globalArgs: ReadonlyMap<string, string>,
  ): void {
    const names = namesAndDefaults(rest, escapeSign);
    if (names.length === 0) throw new InstructionError('expected a name');
    for (const [name, written] of names) {
      const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
      const value =
        given ?? (written === undefined ? globalArgs.get(name) : expandWord(written, this.expansion(escapeSign)));
      if (value !== undefined) this.#args.set(name, value);
    }
  }

  /** Carries out an instruction that changes no file; false if it is not one. */
  configure(instruction: Instruction, escapeSign: string): boolean {
    const apply = configInstructions[instruction.keyword];
    if (apply === undefined) return false;
    const expansion = this.expansion(escapeSign);
    const scope: ConfigScope = {
      config: this.config,
      escapeSign,
      expand: (word) => expandWord(word, expansion),
      expandList: (text) => expandWords(text, expansion),
      cmdIsOwn: this.cmdIsOwn,
    };
    apply(instruction, scope);
    this.cmdIsOwn = scope.cmdIsOwn;
    return true;
  }
}
