import { baseOf } from '../layer/path.js';
import type { TreeEntry } from '../tree/tree.js';
import { commandsOf, isLeftBehind, isOrdinaryFile } from './left-behind.js';
import type { TreeRule } from './rule.js';

const MACHINE_ID = /^(?:etc|var\/lib\/dbus)\/machine-id$/;
/** 32 hex digits, with or without a line break: an empty file or `uninitialized` has another meaning to systemd. */
const MACHINE_ID_BYTES = [32, 33];
const PRIVATE =
  /^etc\/ssh\/ssh_host_\w+_key$|^etc\/ssl\/private\/ssl-cert-snakeoil\.key$|^var\/lib\/systemd\/(?:random-seed|credential\.secret)$/;
const PUBLIC = /^etc\/ssh\/ssh_host_\w+_key\.pub$|^etc\/ssl\/certs\/ssl-cert-snakeoil\.pem$/;
const ERLANG_COOKIE = 'var/lib/rabbitmq/.erlang.cookie';
/** 42 random bytes in base64, which Debian's package makes it from. One that Erlang or a person made has another size. */
const ERLANG_COOKIE_BYTES = 57;
const OTHERS_READ = 0o037;
const OTHERS_WRITE = 0o022;
const SNAKEOIL = /(?:^|\/)ssl-cert-snakeoil\.pem$/;

/** Identities that are made anew by each build. */
export const generatedIdentity: TreeRule = {
  kind: 'tree',
  name: 'generated-identity',
  reason:
    'A generated identity (machine id, SSH host key, self-signed certificate, cookie of RabbitMQ) is another one in each build although nothing went into it that changed.',
  example:
    '/etc/machine-id, filled by a RUN; hidden. One that a Dockerfile copies, that the command copies, fetches or writes, an empty one, or a host key that others may read, is not.',
  default: true,
  judge: (entry) =>
    isIdentity(entry) && isLeftBehind(entry, 'run') && isOrdinaryFile(entry) && !isPutThere(entry) ? 'drop' : 'keep',
};

function isIdentity({ path, type, size, mode, uid, linkTarget, layer }: TreeEntry): boolean {
  // update-ca-certificates names its link after the subject, which is the host that built.
  if (type === 'symlink') return /^etc\/ssl\/certs\/[0-9a-f]{8}\.\d$/.test(path) && SNAKEOIL.test(linkTarget ?? '');
  if (path === ERLANG_COOKIE) {
    // Nodes of a cluster share one: then some command writes it.
    const isShared = /cookie/i.test(layer.history?.createdBy ?? '');
    return size === ERLANG_COOKIE_BYTES && (mode & 0o777) === 0o400 && !isShared;
  }
  if (uid !== 0 || size === 0) return false;
  if (MACHINE_ID.test(path)) return MACHINE_ID_BYTES.includes(size) && (mode & OTHERS_WRITE) === 0;
  return (PRIVATE.test(path) && (mode & OTHERS_READ) === 0) || (PUBLIC.test(path) && (mode & OTHERS_WRITE) === 0);
}

/** Where an id comes from that is drawn. Not `uuid-runtime`, which is installed, or `random-seed`, which is removed. */
const DRAWN = /uuidgen|\buuid4|random\/uuid|\/dev\/u?random|openssl rand|machine-id-setup/;
/** dbus and systemd have one id in two places. */
const BOTH_IDS = /\/etc\/machine-id.*dbus\/machine-id|dbus\/machine-id.*\/etc\/machine-id/;

/** Whether the command that left it names it in a copy, in a download, or behind a redirection: then it was chosen. */
function isPutThere(entry: TreeEntry): boolean {
  const isHostKey = entry.path.startsWith('etc/ssh/');
  const name = isHostKey ? 'ssh_host_' : baseOf(entry.path);
  const puts = new RegExp(String.raw`(?:^|\s)(?:cp|mv|ln|install|tee|curl|wget)\s.*${name}|>\s*["']?[^\s>]*${name}`);
  const isPut = (statement: string) => statement.split('|').some((part) => puts.test(part) && !BOTH_IDS.test(part));
  return commandsOf(entry).some((command) => {
    const draws = !isHostKey && DRAWN.test(command);
    // What was drawn may be in a variable by now.
    const isDrawn = (statement: string) => draws && (DRAWN.test(statement) || statement.includes('$'));
    return command.split(/;|&&?|\|\||\n/).some((statement) => !isDrawn(statement) && isPut(statement));
  });
}
