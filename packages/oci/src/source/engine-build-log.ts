import type { Digest } from '../content/descriptor.js';
import { isDigest } from '../content/digest.js';
import { OciError } from '../errors.js';
import { parseBuildKitStatus } from './buildkit-status.js';
import { cleanText } from './engine-error.js';
import { type EngineEvent, eventError } from './engine-events.js';

/** How much of a failed build's output its error shows. */
const shownLines = 50;
const shownLineLength = 500;

/** Podman's parser prints the Go value of an instruction that it does not know (4.3). */
const parserDebugs = /UNHANDLED LOGLEVEL\) &imagebuilder\.Step\{/;

/** An image that the build had, and that was removed under it; those that a Dockerfile names are not named by ID. (Docker 20.10) */
const imageGone = /(?:unable to find|no such) image:? "?sha256:|unknown parent image ID|failed to get digest sha256:/i;

/** What a build has said so far: its steps, the end of its output, its result. */
export interface BuildLog {
  /** Takes an event in, and gives the lines that it adds for a person to read. */
  add(event: EngineEvent): string[];
  /** The image that came out last; a build with several stages names one for each. */
  readonly imageId: Digest | undefined;
  readonly failed: boolean;
  /** `build-failed` with the step, the exit code, the last lines of output, and whether an image was removed under the build. */
  error(what: string): OciError;
}

/** Follows a build by the classic builder, by BuildKit, or by Podman. */
export function createBuildLog(): BuildLog {
  const output: string[] = [];
  const named = new Set<string>();
  let partial = '';
  let step = '';
  let failedStep: string | undefined;
  let failure: string | undefined;
  let exitCode: number | undefined;
  let imageId: Digest | undefined;

  const addLine = (line: string) => {
    output.push(line.length > shownLineLength ? `${line.slice(0, shownLineLength)} …` : line);
    if (output.length > shownLines) output.shift();
    return line;
  };
  const addOutput = (text: string): string[] => {
    const lines = (partial + cleanText(text)).split('\n');
    partial = lines.pop() ?? '';
    // Progress bars write a line that never ends.
    if (partial.length > 10_000) partial = partial.slice(-1_000);
    const full = lines.map((line) => line.trimEnd()).filter((line) => line !== '' && !parserDebugs.test(line));
    for (const line of full) if (/^step \d+\/\d+ ?:/i.test(line)) step = line;
    return full.map(addLine);
  };
  const addTrace = (base64: string): string[] => {
    const { vertexes, logs } = parseBuildKitStatus(base64);
    const lines: string[] = [];
    for (const { digest, name, started, cached, error } of vertexes) {
      if ((started || cached) && !named.has(digest)) lines.push(...addOutput(`${cached ? 'CACHED ' : ''}${name}\n`));
      if (started || cached) named.add(digest);
      if (error !== '' && !/context canceled/.test(error)) failedStep ??= cleanText(name);
    }
    for (const { text } of logs) lines.push(...addOutput(text.toString()));
    return lines;
  };

  return {
    add(event) {
      const problem = eventError(event);
      if (problem !== undefined) {
        failure ??= problem.replace(/ &imagebuilder\.Step\{.*/s, '');
        exitCode ??= event.errorDetail?.code || exitCodeIn(problem);
        failedStep ??= step;
        return [];
      }
      if (event.id === 'moby.buildkit.trace') return typeof event.aux === 'string' ? addTrace(event.aux) : [];
      const id = (event.aux as { ID?: unknown } | undefined)?.ID;
      if (isDigest(id)) imageId = id;
      if (typeof event.stream === 'string') return addOutput(event.stream);
      // A base that is being pulled: its states, but not each step of a progress bar.
      const { status, progressDetail } = event;
      if (status === undefined || progressDetail?.current !== undefined) return [];
      return addOutput(`${event.id ? `${event.id}: ` : ''}${status}\n`);
    },
    get imageId() {
      return imageId;
    },
    get failed() {
      return failure !== undefined;
    },
    error(what) {
      const at = failedStep ? ` at "${failedStep.slice(0, 300)}"` : '';
      const tail =
        partial.trim() === '' ? output : [...output, partial.trimEnd().slice(0, shownLineLength)].slice(-shownLines);
      const shown = tail.length > 0 ? `\nThe end of its output:\n${tail.map((line) => `  ${line}`).join('\n')}` : '';
      return new OciError(
        'build-failed',
        `The build of ${what} failed${at}: ${failure ?? 'no image came out'}${shown}`,
        {
          hint: hintFor(failure ?? ''),
          facts: {
            step: failedStep || undefined,
            exitCode,
            output: tail.join('\n'),
            imageGone: imageGone.test(failure ?? ''),
          },
        },
      );
    },
  };
}

function exitCodeIn(message: string): number | undefined {
  const code = /exit (?:code|status):? (\d+)|non-zero code: (\d+)/.exec(message);
  return code ? Number(code[1] ?? code[2]) : undefined;
}

function hintFor(failure: string): string {
  if (/dial tcp|i\/o timeout|connection refused|no such host/i.test(failure))
    return 'The engine could not reach a registry: check its network, and the host in FROM.';
  if (
    /pull access denied|manifest unknown|failed to resolve|no such image|failed to load metadata|manifest for/i.test(
      failure,
    )
  ) {
    return 'The base image was not found: check its name and tag in FROM, and log in if its registry wants that.';
  }
  if (/dockerfile parse error|unknown instruction|no build stage|failed to create LLB/i.test(failure)) {
    return 'Correct the Dockerfile.';
  }
  if (/not found|no such file or directory|forbidden path/i.test(failure)) {
    return 'Check that what COPY and ADD name is in the context, and not left out by .dockerignore.';
  }
  return 'The output above says why the step failed.';
}
