import { spawn } from 'node:child_process';
import * as v from 'valibot';
import { OciError } from '../errors.js';
import { parseJson } from '../model/json.js';
import type { Environment } from './options.js';

const answerSchema = v.object({ Username: v.string(), Secret: v.string() });

/** What a helper answered. A user name of `<token>` means that the secret is an identity token. */
export interface HelperAnswer {
  readonly username: string;
  readonly secret: string;
}

const LIMIT_BYTES = 1024 * 1024;

/**
 * Asks `docker-credential-<helper> get` for a server's credentials (docker/docker-credential-helpers, "Development"), without
 * a shell. `undefined` if it has none. Throws `invalid` if it can't be run, fails, answers something else, or nothing in time; what it
 * printed is shown only where it failed, since an answer has the secret.
 */
export async function askCredentialHelper(
  helper: string,
  server: string,
  env: Environment,
  timeoutMs = 60_000,
): Promise<HelperAnswer | undefined> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(helper)) {
    throw new OciError('invalid', `credential helper ${JSON.stringify(helper.slice(0, 100))}: not a name of a program`);
  }
  const program = `docker-credential-${helper}`;
  const { code, output } = await run(program, server, env, timeoutMs);
  if (code === 0) {
    const answer = parseJson(output, answerSchema, `the answer of ${program} for ${server}`, LIMIT_BYTES);
    return answer.Secret === '' ? undefined : { username: answer.Username, secret: answer.Secret };
  }
  const said = output
    .toString('utf8')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 300);
  if (/credentials not found|no credentials server URL/i.test(said)) return undefined;
  throw failed(program, server, `it ended with code ${code}${said === '' ? '' : ` (${said})`}`);
}

interface Ended {
  readonly code: number | null;
  readonly output: Buffer;
}

function run(program: string, server: string, env: Environment, timeoutMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'] });
    const giveUp = (why: string, cause?: unknown) => {
      child.kill();
      // A process that the helper began may hold it open.
      child.stdout.destroy();
      reject(failed(program, server, why, cause));
    };
    const timer = setTimeout(() => giveUp(`it gave no answer within ${timeoutMs / 1000} s`), timeoutMs);
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > LIMIT_BYTES) giveUp(`it answered more than ${LIMIT_BYTES} bytes`);
      else chunks.push(chunk);
    });
    child.on('error', (cause) => giveUp('it could not be run', cause));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output: Buffer.concat(chunks) });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(server);
  });
}

function failed(program: string, server: string, why: string, cause?: unknown): OciError {
  return new OciError('invalid', `${program} was asked for the credentials of ${server}: ${why}`, {
    hint: "It is named in Docker's config.json (credsStore or credHelpers): install it there, or take the line out.",
    cause,
  });
}
