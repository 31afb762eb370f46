/** Packages that one file may name; what is past it is left out. Debian's archive as a whole has fewer. */
export const MAX_PACKAGES = 100_000;

/** Paths that the file lists of one package may name. */
export const MAX_FILES = 500_000;

/** Characters of a name or version; longer ones are not ones. */
export const MAX_FIELD = 512;

/** Whether `text` can be a name or a version: not empty, of a bounded length, without control characters. */
export function isField(text: string | undefined): text is string {
  if (text === undefined || text === '' || text.length > MAX_FIELD) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return false;
  }
  return true;
}
