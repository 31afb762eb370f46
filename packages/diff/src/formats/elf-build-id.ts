/** Bytes of a note before its value: three numbers and a name of four bytes (System V ABI, "Note Section"). */
export const BUILD_ID_HEAD_BYTES = 16;

/** In hex: a note of type 3 by "GNU", in either byte order, with a value of 8 to 32 bytes and nothing after it. */
const GNU = /^(?:04000000..00000003000000|00000004000000..00000003)474e5500(?:..){8,32}$/;
const MAX_GNU_BYTES = BUILD_ID_HEAD_BYTES + 32;

/** In hex: the head of a note of type 4 by "Go", in either byte order. */
const GO_HEAD = /^(?:04000000..00000004000000|00000004000000..00000004)476f0000$/;
/** Two to four sums in a text (cmd/link, `-buildid`). */
const GO_ID = /^[\w-]{20}(?:\/[\w-]{20}){1,3}\0*$/;
const MAX_GO_BYTES = BUILD_ID_HEAD_BYTES + 100;

/** Whether a section is a build id, made by a linker of all that it links: by its name, and by what it holds. */
export function isBuildId(name: string, content: Buffer): boolean {
  if (name === '.note.gnu.build-id') return content.length <= MAX_GNU_BYTES && GNU.test(content.toString('hex'));
  if (name !== '.note.go.buildid' || content.length > MAX_GO_BYTES) return false;
  const [head, id] = [content.subarray(0, BUILD_ID_HEAD_BYTES), content.subarray(BUILD_ID_HEAD_BYTES)];
  return GO_HEAD.test(head.toString('hex')) && GO_ID.test(id.toString('latin1'));
}
