import { ImageVersionsError } from '../../errors.js';

/** A place in a Dockerfile, for messages. */
export interface Place {
  /** As a person knows it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Something in a Dockerfile that can't be built: `apps/a/Dockerfile:12: …`, with the way out as its hint. Code `invalid`. */
export class DockerfileError extends ImageVersionsError {
  readonly place: Place;
  /** The message without the place. */
  readonly reason: string;

  constructor(place: Place, reason: string, hint: string, cause?: unknown) {
    super('invalid', `${place.file}:${place.line}: ${reason}`, { hint, cause });
    this.place = place;
    this.reason = reason;
  }
}

/** What is wrong with one instruction; who reads the Dockerfile adds the place and makes it a `DockerfileError`. */
export class InstructionError extends Error {}

/** What to do about something that only an engine can do. */
export const useEngine =
  'Build this image with an engine: start Docker or Podman, and set the option builder to docker.';
