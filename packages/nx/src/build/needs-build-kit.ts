/**
 * What of a Dockerfile the engine's classic builder does not know (Dockerfile reference, "BuildKit"): it refuses flags and
 * here-documents, and leaves the variables of platforms empty ("Automatic platform ARGs in the global scope").
 */
const onlyBuildKit = [
  /^\s*RUN\s+(--\S+\s+)*--(mount|network|security)\b/im,
  /^\s*(COPY|ADD)\s+(--\S+\s+)*--(link|chmod|parents|exclude|checksum|keep-git-dir)\b/im,
  /^\s*(RUN|COPY|ADD)\s.*<<-?["']?[A-Za-z_]/im,
  /^\s*(FROM|ARG)\s.*\b(BUILD|TARGET)(PLATFORM|OS|ARCH|VARIANT)\b/im,
];

/** Dockerfiles of another language than Docker's. */
const otherFrontend = /^#\s*syntax\s*=\s*(?!(docker\.io\/)?docker\/dockerfile\b)\S/im;

/**
 * Whether an engine is to build with BuildKit: as DOCKER_BUILDKIT says, which is Docker's own switch; else where the Dockerfile
 * can't be built without. Not always, since through the engine's API BuildKit has neither credentials nor the layers of classic builds.
 */
export function needsBuildKit(dockerfile: string, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.DOCKER_BUILDKIT) return !/^(0|false)$/i.test(env.DOCKER_BUILDKIT);
  const joined = dockerfile.replace(/\\[ \t]*\r?\n/g, ' ');
  return otherFrontend.test(joined) || onlyBuildKit.some((pattern) => pattern.test(joined));
}
