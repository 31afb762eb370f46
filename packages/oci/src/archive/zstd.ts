import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { OciError } from '../errors.js';
import { through } from './through.js';
import { type ZstdPiece, zstdPieces } from './zstd-frames.js';

const CHUNK_BYTES = 256 * 1024;

type Unzstd = (pieces: AsyncIterable<ZstdPiece>) => AsyncIterable<Uint8Array>;

/**
 * Unpacks zstd (RFC 8878) of any number of frames, skippable ones left out. Node does it from 22.15 on; before that the `zstd` program
 * on the PATH, and where there is none fzstd, which takes about four times as long. Damage and a cut-off end are
 * errors of code `invalid`, a window of more than 128 MiB is one of code `limit`.
 */
export function unzstd(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return (nativeUnzstd() ?? programUnzstd() ?? fzstdUnzstd)(zstdPieces(source));
}

/** By Node itself; `undefined` where it can't. */
export function nativeUnzstd(): Unzstd | undefined {
  // Not in the types of Node 20.
  const { createZstdDecompress } = zlib as unknown as {
    createZstdDecompress?: (options: { chunkSize: number }) => Transform;
  };
  if (createZstdDecompress === undefined) return undefined;
  return async function* native(pieces) {
    const stream = createZstdDecompress({ chunkSize: CHUNK_BYTES });
    yield* asInvalid(through(dataOf(pieces), stream, stream));
  };
}

/** By the `zstd` program; `undefined` where none is on the PATH. */
export function programUnzstd(): Unzstd | undefined {
  const path = findProgram('zstd');
  if (path === undefined) return undefined;
  return async function* program(pieces) {
    const child = spawn(path, ['--decompress', '--stdout', '--quiet'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) =>
      child.once('error', () => resolve(-1)).once('close', resolve),
    );
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, 500);
    });
    let isWhole = false;
    try {
      yield* through(dataOf(pieces), child.stdin, child.stdout);
      isWhole = true;
    } finally {
      if (!isWhole) child.kill('SIGKILL');
      await ended;
    }
    if ((await ended) !== 0) throw new OciError('invalid', `zstd: ${complaint.trim() || 'the data is damaged'}`);
  };
}

/** By fzstd, in this thread. */
export async function* fzstdUnzstd(pieces: AsyncIterable<ZstdPiece>): AsyncGenerator<Uint8Array, void, undefined> {
  const { Decompress } = await import('fzstd');
  let out: Uint8Array[] = [];
  const begin = () => new Decompress((chunk) => void out.push(chunk));
  let decoder = begin();
  for await (const { bytes, isSkippable, endsFrame } of pieces) {
    if (isSkippable) continue;
    try {
      decoder.push(bytes, endsFrame);
    } catch (error) {
      throw damaged(error);
    }
    if (endsFrame) decoder = begin();
    const ready = out;
    out = [];
    yield* ready;
  }
}

async function* dataOf(pieces: AsyncIterable<ZstdPiece>): AsyncGenerator<Uint8Array> {
  for await (const { bytes, isSkippable } of pieces) if (!isSkippable) yield bytes;
}

async function* asInvalid(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw /^(Z_|ZSTD_|ERR_ZSTD)/.test((error as NodeJS.ErrnoException).code ?? '') ? damaged(error) : error;
  }
}

const damaged = (error: unknown): OciError =>
  new OciError('invalid', `zstd: ${error instanceof Error ? error.message : String(error)}`, { cause: error });

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
