import { InstructionError } from './dockerfile-error.js';
import { type Files, followLinks } from './files.js';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Largest account file that is read; real ones have a few kilobytes. */
const accountFileLimitBytes = 1024 * 1024;

/**
 * The owner that `--chown` names, `user[:group]`, names looked up in the stage's own /etc/passwd and /etc/group. Without a group it
 * is the user's own, or the number given. Throws `InstructionError` for a name that is not there.
 */
export async function resolveOwner(
  text: string,
  files: Files,
  read: (path: string, limitBytes: number) => Promise<string | undefined>,
): Promise<Owner> {
  const [user = '', group] = text.split(':', 2);
  const lines = async (path: string) => {
    const content = await read(await followLinks(files, path), accountFileLimitBytes);
    return (content ?? '').split('\n').map((line) => line.split(':'));
  };
  const numbers = (fields: readonly string[] | undefined, name: string, path: string): number[] => {
    const found = fields?.slice(2, 4).map(Number);
    if (found?.every(isId)) return found;
    throw new InstructionError(
      fields === undefined ? `/${path} of this stage has no ${name}` : `/${path} of this stage is damaged at ${name}`,
    );
  };
  let owner: Owner;
  if (/^\d+$/.test(user)) owner = { uid: Number(user), gid: Number(user) };
  else {
    const fields = (await lines('etc/passwd')).find(([name, , , gid]) => name === user && gid !== undefined);
    const [uid = 0, gid = 0] = numbers(fields, `user ${user}`, 'etc/passwd');
    owner = { uid, gid };
  }
  if (group === undefined || group === '') return checked(owner);
  if (/^\d+$/.test(group)) return checked({ ...owner, gid: Number(group) });
  const fields = (await lines('etc/group')).find(([name, , gid]) => name === group && gid !== undefined);
  const [gid = 0] = numbers(fields?.slice(0, 3), `group ${group}`, 'etc/group');
  return checked({ ...owner, gid });
}

const isId = (id: number): boolean => Number.isInteger(id) && id >= 0 && id < 2 ** 32;

function checked(owner: Owner): Owner {
  if (isId(owner.uid) && isId(owner.gid)) return owner;
  throw new InstructionError('an owner is a number below 2^32');
}
