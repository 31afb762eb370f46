type Environment = Readonly<Record<string, string | undefined>>;

/** The platform that an engine is told to build for, by the variable that Docker's own client reads. `undefined`: the engine's own. */
export function enginePlatform(env: Environment): string | undefined {
  return env.DOCKER_DEFAULT_PLATFORM || undefined;
}
