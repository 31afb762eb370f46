import type { ImageState } from './state.js';

/**
 * The part of `image_vars.src` that a shell runs. Kept to Bash 3.2: no associative arrays, no `mapfile`, no `declare -n`, no
 * `${x^^}`; an array that may be empty is expanded as `${a[@]+"${a[@]}"}`, which 3.2 takes under `set -u`.
 * Of `images` every field is checked already.
 */
export function varsScript(images: readonly ImageState[], versionsFileName: string): string {
  const projects = images.map((image) => image.project);
  const prefixes = images.map((image) => image.prefix);
  return [
    USAGE,
    array('IMAGES', projects),
    array('VAR_PREFIXES', prefixes),
    ...images.map(variables),
    FUNCTIONS,
    `_imageVersions_load ${quote(versionsFileName)}\n`,
    ...images.map(settle),
    RUN,
  ].join('\n');
}

function array(name: string, words: readonly string[]): string {
  const elements = words.map((word) => `  ${word}\n`).join('');
  return `${name}_ARR=(\n${elements})\nexport ${name}="${words.join(' ')}"\n`;
}

function variables({ project, prefix, image, version, digest }: ImageState): string {
  return `# ${project}\nexport ${prefix}_IMG="${image}"\nexport ${prefix}_VER="${version}"\nexport ${prefix}_DIGEST="${digest}"\n`;
}

/** The versions that the digest is known to be of follow the prefix. */
function settle({ prefix, version, digest, pin }: ImageState): string {
  const known =
    pin !== undefined && pin.digest === digest && pin.version !== version ? [version, pin.version] : [version];
  return `_imageVersions_settle ${prefix} ${known.join(' ')}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const USAGE = `#
# For Bash, 3.2 or later.
#   source image_vars.src              defines the variables and functions below, from any folder, and runs nothing
#   bash image_vars.src imageVersions  runs one of the functions
#
# For each image: <prefix>_IMG its name, <prefix>_VER the version it stands at, <prefix>_DIGEST the digest of that
# version, empty where it is not known. A line of the versions file wins over the <prefix>_VER here, and
# <prefix>_VER_OVERRIDE in the environment over both.

if [ -z "\${BASH_VERSION:-}" ]; then
  echo "image_vars.src: needs Bash" >&2
  return 2 2>/dev/null || exit 2
fi

# Arrays can't be exported; IMAGES and VAR_PREFIXES are the same as words.`;

const FUNCTIONS = `# getVarValue PREFIX SUFFIX: the value of a variable, say \`getVarValue app _VER\`.
getVarValue() {
  local name="\${1}_\${2#_}"
  printf '%s\\n' "\${!name:-}"
}

# bashVarPrefix NAME: the prefix of an image's variables; NAME is one of IMAGES or an <prefix>_IMG.
bashVarPrefix() {
  local i name
  for ((i = 0; i < \${#IMAGES_ARR[@]}; i++)); do
    name="\${VAR_PREFIXES_ARR[i]}_IMG"
    if [ "$1" = "\${IMAGES_ARR[i]}" ] || [ "$1" = "\${!name:-}" ]; then
      printf '%s\\n' "\${VAR_PREFIXES_ARR[i]}"
      return 0
    fi
  done
  printf '%s\\n' "\${1//-/}"
}

# imageVersions: \`IMG VER\`, a line for each image.
imageVersions() {
  local prefix
  for prefix in \${VAR_PREFIXES_ARR[@]+"\${VAR_PREFIXES_ARR[@]}"}; do
    printf '%s %s\\n' "$(getVarValue "$prefix" _IMG)" "$(getVarValue "$prefix" _VER)"
  done
}

# imageTagExists NAME TAG: prints the HTTP code of the registry's answer (200: it exists). NAME is one of IMAGES or a full name.
# The token is what the registry takes as a bearer token: IMAGE_REGISTRY_TOKEN, or for ghcr.io one of GITHUB_ACCESS_TOKEN,
# GITHUB_TOKEN. IMAGE_REGISTRY_TOKEN=anonymous asks without one. Without any: a message, and 2.
imageTagExists() {
  local image="\${1:-}" tag="\${2:-}" host token scheme=https
  if [ -z "$image" ] || [ -z "$tag" ]; then
    echo "usage: imageTagExists NAME TAG" >&2
    return 2
  fi
  case "$image" in
    */*) ;;
    *) image="$(getVarValue "$(bashVarPrefix "$image")" _IMG)" ;;
  esac
  host="\${image%%/*}"
  case "$host" in
    *.* | *:* | localhost) ;;
    *)
      echo "imageTagExists: \${image:-$1} names no registry" >&2
      return 2
      ;;
  esac
  case "$host" in
    localhost | localhost:* | 127.* | "[::1]"*) scheme=http ;;
  esac
  token="\${IMAGE_REGISTRY_TOKEN:-}"
  if [ -z "$token" ] && [ "$host" = ghcr.io ]; then
    token="\${GITHUB_ACCESS_TOKEN:-\${GITHUB_TOKEN:-}}"
    if [ -n "$token" ]; then token="$(printf '%s' "$token" | base64 | tr -d '\\n')"; fi
  fi
  if [ -z "$token" ]; then
    echo "imageTagExists: set IMAGE_REGISTRY_TOKEN to a bearer token of $host" >&2
    return 2
  fi
  # The header goes through a pipe, since others can see the arguments of a process.
  if [ "$token" = anonymous ]; then echo; else printf 'header = "Authorization: Bearer %s"\\n' "$token"; fi |
    curl --config - --silent --show-error --output /dev/null --write-out '%{http_code}\\n' --head --max-time 30 \\
      --header 'Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' \\
      --header 'Accept: application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json' \\
      "$scheme://$host/v2/\${image#*/}/manifests/$tag"
}

# The versions file lies beside this one, wherever the caller is; where this is a link, beside that or what it leads to.
# Its line ends may be those of Windows. What it assigns must meet no variable of here.
_imageVersions_load() {
  local _self="\${BASH_SOURCE[0]:-}" _here _link _text _cr=$'\\r'
  while :; do
    case "$_self" in
      */*) _here="\${_self%/*}" ;;
      *) _here=. ;;
    esac
    if [ -f "$_here/$1" ] || [ ! -L "$_self" ]; then break; fi
    _link="$(readlink "$_self")"
    case "$_link" in
      /*) _self="$_link" ;;
      *) _self="$_here/$_link" ;;
    esac
  done
  if [ ! -f "$_here/$1" ]; then return 0; fi
  _text="$(<"$_here/$1")"
  case "$_text" in
    *"$_cr"*) eval "\${_text//$_cr/}" ;;
    # shellcheck source=/dev/null
    *) source "$_here/$1" ;;
  esac
}

# PREFIX VERSION...: lets an override win, and keeps the digest only for the versions that it is known to be of.
_imageVersions_settle() {
  local prefix="$1" override="\${1}_VER_OVERRIDE" version="\${1}_VER" known
  shift
  if [ -n "\${!override:-}" ]; then export "$version=\${!override}"; fi
  for known in "$@"; do
    if [ "\${!version:-}" = "$known" ]; then return 0; fi
  done
  export "\${prefix}_DIGEST="
}
`;

const RUN = `
# Sourced: nothing runs, whatever the caller's arguments are.
if [ "\${BASH_SOURCE[0]:-}" = "$0" ]; then
  case "\${1:-}" in
    getVarValue | bashVarPrefix | imageTagExists | imageVersions) "$@" ;;
    "") echo "image_vars.src: source it, or name a function: bash $0 imageVersions" >&2 ;;
    *)
      echo "usage: bash $0 imageVersions | imageTagExists NAME TAG | getVarValue PREFIX SUFFIX | bashVarPrefix NAME" >&2
      exit 2
      ;;
  esac
fi
`;
