type Environment = Readonly<Record<string, string | undefined>>;

/** The platform that an engine is told to build for, by the variable of Docker's own client; `undefined`: its own. */
export function enginePlatform(env: Environment): string | undefined {
  return env.DOCKER_DEFAULT_PLATFORM || undefined;
}
