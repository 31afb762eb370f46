/** An image as the script of the old system describes it. */
export interface OldImage {
  /** As its lists name it: the name of a folder. */
  readonly name: string;
  /** Of its shell variables. */
  readonly prefix: string;
  /** `<prefix>_IMG`; `undefined` where that is missing, or only a shell could tell. */
  readonly published?: string;
  /** From a comment `# --- NAME in folder FOLDER`. */
  readonly folder?: string;
  /** `<prefix>_DOCKERFILE`. */
  readonly dockerfile?: string;
}

/** The vars script, as far as it can be read without running it. */
export interface VarsScript {
  readonly images: readonly OldImage[];
  /** What the generated file will not have, or has under another name. */
  readonly notCarriedOver: readonly string[];
  /** Lines that were not understood. */
  readonly unknown: readonly { readonly line: number; readonly text: string }[];
}

interface Found {
  readonly lists: Map<string, string[]>;
  readonly values: Map<string, string | undefined>;
  readonly folders: Map<string, string>;
  readonly functions: string[];
  readonly unknown: { line: number; text: string }[];
}

const functionStart = /^\s*(?:function\s+([A-Za-z_]\w*)\s*(?:\(\s*\))?|([A-Za-z_]\w*)\s*\(\s*\))\s*\{?(.*)$/;
const folderComment = /^#\s*-+\s*(\S+) in folder (\S+)/;
const assignment = /^\s*(?:export\s+|declare\s+(?:-\w+\s+)*|readonly\s+)?([A-Za-z_]\w*)=(.*)$/;
/** The parts of the old script that every one has, and that the generated file does on its own. */
const ofItsOwn = /^(?:(?:source|\.)\s.*image_versions|eval\s+"?\$[@*]"?$|"?\$[@*]"?$)/;
const functionsInBoth = ['getVarValue', 'bashVarPrefix', 'imageTagExists', 'imageVersions'];

/** Reads the script as text: nothing of it is run, and what only a shell could tell is listed as unknown. Never throws. */
export function parseVarsScript(text: string): VarsScript {
  const found = scan(text.split(/\r?\n/));
  const [names, prefixes] = [listOf(found, /(?:^|_)IMAGES(?:_ARR)?$/), listOf(found, /^VAR_PREFIXES(?:_ARR)?$/)];
  const notCarriedOver: string[] = [];
  const images = pair(names.words, prefixes.words, found, notCarriedOver);
  const other = names.variables.filter((name) => !/^IMAGES(_ARR)?$/.test(name));
  if (other.length > 0) notCarriedOver.push(`${other.join(', ')}: the generated file has IMAGES_ARR, IMAGES`);
  notCarriedOver.push(...leftVariables(images, found, [...names.variables, ...prefixes.variables]));
  for (const name of found.functions) {
    if (!functionsInBoth.includes(name)) notCarriedOver.push(`function ${name}`);
  }
  return { images, notCarriedOver, unknown: found.unknown };
}

function scan(lines: readonly string[]): Found {
  const found: Found = { lists: new Map(), values: new Map(), folders: new Map(), functions: [], unknown: [] };
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    const line = lines[at]?.trim() ?? '';
    const comment = folderComment.exec(line);
    if (comment) found.folders.set(comment[1] ?? '', comment[2] ?? '');
    if (line === '' || line.startsWith('#') || ofItsOwn.test(line)) continue;
    const start = functionStart.exec(line);
    if (start) {
      found.functions.push(start[1] ?? start[2] ?? '');
      const end = /\}\s*$/.test(start[3] ?? '')
        ? at
        : lines.findIndex((text, index) => index > at && text.startsWith('}'));
      if (end < 0) found.unknown.push({ line: first + 1, text: `${line} (has no end)` });
      else at = end;
      continue;
    }
    const [, name = '', rest = ''] = assignment.exec(line) ?? [];
    if (rest.startsWith('(')) {
      let body = rest.slice(1);
      while (!body.includes(')') && at + 1 < lines.length) body += ` ${(lines[++at] ?? '').replace(/(^|\s)#.*/, '')}`;
      const words = (/^[^)]*/.exec(body)?.[0] ?? '').split(/\s+/).filter(Boolean).map(literal);
      if (words.every((word) => word !== undefined)) found.lists.set(name, words);
      else found.unknown.push({ line: first + 1, text: line });
    } else {
      const value = name === '' ? undefined : literal(rest);
      if (name !== '') found.values.set(name, value);
      // A version that is asked of the environment is what `<prefix>_VER` of the generated file replaces.
      if (value === undefined && !name.endsWith('_VER')) found.unknown.push({ line: first + 1, text: line });
    }
  }
  return found;
}

/** What a shell would make of a word, without a shell; `undefined` where it would have to look something up. */
function literal(text: string): string | undefined {
  const match = /^(?:"([^"$`\\]*)"|'([^']*)'|([\w.+/:@%,=-]*))\s*;?\s*(?:(?<=\s|;)#.*)?$/.exec(text);
  return match ? (match[1] ?? match[2] ?? match[3]) : undefined;
}

/** The array of that name, or else the string that is exported in place of it. */
function listOf(found: Found, name: RegExp): { words: string[] | undefined; variables: string[] } {
  const arrays = [...found.lists.keys()].filter((key) => name.test(key));
  const strings = [...found.values.keys()].filter((key) => name.test(key));
  const words = arrays.length > 0 ? found.lists.get(arrays[0] ?? '') : found.values.get(strings[0] ?? '')?.split(/\s+/);
  return { words: words?.filter(Boolean), variables: [...arrays, ...strings] };
}

function pair(
  names: readonly string[] | undefined,
  prefixes: readonly string[] | undefined,
  { values, folders }: Found,
  problems: string[],
): OldImage[] {
  const fromVariables = [...values.keys()].flatMap((key) => /^(\w+?)(?:_GRADLE)?_IMG$/.exec(key)?.[1] ?? []);
  const listed = names ?? prefixes ?? [...new Set(fromVariables)];
  const together = names !== undefined && prefixes !== undefined && names.length === prefixes.length;
  if (names && prefixes && !together) {
    problems.push(
      `The lists have ${names.length} images and ${prefixes.length} prefixes: each prefix was taken to be the name without dashes`,
    );
  }
  const images = new Map<string, OldImage>();
  for (const [index, name] of listed.entries()) {
    const prefix = (together ? prefixes[index] : undefined) ?? name.replaceAll('-', '');
    const value = (suffix: string) => values.get(`${prefix}_${suffix}`) || undefined;
    const image = { name, prefix, published: value('IMG'), folder: folders.get(name), dockerfile: value('DOCKERFILE') };
    if (images.has(prefix)) problems.push(`The prefix ${prefix} is listed twice; the second, of ${name}, was left out`);
    else images.set(prefix, image);
  }
  return [...images.values()];
}

/** Variables that the generated file does not have; those that each image has are told once. */
function leftVariables(images: readonly OldImage[], { values }: Found, lists: readonly string[]): string[] {
  const bySuffix = new Map<string, number>();
  const rest: string[] = [];
  for (const key of values.keys()) {
    // What only a shell could tell is listed as not understood.
    if (lists.includes(key) || values.get(key) === undefined) continue;
    const owner = images.find(({ prefix }) => key.startsWith(`${prefix}_`));
    const suffix = owner && key.slice(owner.prefix.length + 1);
    if (suffix === undefined) rest.push(`variable ${key}`);
    else if (suffix !== 'IMG' && suffix !== 'VER') bySuffix.set(suffix, (bySuffix.get(suffix) ?? 0) + 1);
  }
  const grouped = [...bySuffix].map(([suffix, count]) => `variables <prefix>_${suffix}, of ${count} images`);
  return [...grouped, ...rest];
}
