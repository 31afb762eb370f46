import { CONTAINER_DIFF_TYPES } from '../report/container-diff-shapes.js';

const IMAGES = `Images:
  daemon://NAME            of the container engine, by name or ID
  remote://NAME            of its registry
  oci:FOLDER[:TAG]         of an OCI image layout
  docker-archive:FILE      made by \`docker save\`
  oci-archive:FILE[:TAG]   an OCI image layout in a tar
  FILE.tar, .tar.gz, .tgz, .tar.zst   an archive of either kind
  -                        an archive on stdin
  NAME                     of its registry, else of the engine
A NAME may end in :TAG, @DIGEST or :TAG@DIGEST.`;

const COMMON = `      --format FORMAT       text (default), json or markdown
  -j, --json                the same as --format=json
      --platform PLATFORM   such as linux/arm64, where a name has several
  -w, --output FILE         write to this file instead of to stdout
      --force               with --output: write over a file that exists
  -q, --quiet               nothing on stderr but errors
  -n, --no-cache            neither use nor keep what earlier runs learned of layers
  -c, --cache-dir FOLDER    where that is kept; default ~/.cache/image-versions/layers
  -v, --verbosity LEVEL     info lists every change and what was noise; debug adds the stack to an error
      --skip-tls-verify-registry HOST      do not check this registry's certificate
      --registry-certificate HOST=FILE     trust this certificate as well
  -h, --help`;

const TYPES = `  -t, --type TYPE           what to look at, repeatable (default size):
                            ${CONTAINER_DIFF_TYPES.slice(0, 9).join(' ')}
                            ${CONTAINER_DIFF_TYPES.slice(9).join(' ')}
  -o, --order               by size, largest first, instead of by name
  -s, --save                taken for container-diff's sake: nothing is unpacked, so nothing is kept`;

const PAGES: Readonly<Record<string, string>> = {
  compare: `Usage: image-diff compare BEFORE AFTER [options]

Says whether two images are the same in what a container can see, and why not. Build noise is left out, by rules with names.
Exit code: 0 same, 1 changed, 2 could not tell.

      --profile PROFILE     content (default), strict (everything but times), size+history
      --ignore GLOB         paths that do not matter, repeatable
      --rule-off NAME       turn a rule off, repeatable
      --rule-on NAME        turn one on that is off by default, repeatable
${COMMON}

${IMAGES}
`,
  diff: `Usage: image-diff diff BEFORE AFTER [--type TYPE]... [options]

Lists what differs, in container-diff's types and JSON. Everything counts: no rules here.
Exit code: 0 whether they differ or not, as container-diff; 2 for errors. With --exit-code: 1 if they differ.

${TYPES}
  -f, --filename PATH       compare the text of this file; with --type=file
      --exit-code           1 if the images differ
${COMMON}

${IMAGES}
`,
  analyze: `Usage: image-diff analyze IMAGE [--type TYPE]... [options]

Lists what is in an image, in container-diff's types and JSON.
Exit code: 0, or 2 for errors.

${TYPES}
${COMMON}

${IMAGES}
`,
};

const OVERVIEW = `Usage: image-diff COMMAND

  compare BEFORE AFTER   whether two images are the same, and why not (exit code 0, 1)
  diff BEFORE AFTER      what differs, a type at a time, as container-diff
  analyze IMAGE          what is in it, a type at a time, as container-diff
  version
  help COMMAND

${IMAGES}
`;

/** The help of one command, or of all. */
export function helpText(command: string | undefined): string {
  return PAGES[command ?? ''] ?? OVERVIEW;
}
