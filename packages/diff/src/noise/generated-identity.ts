import { baseOf, parentOf } from '../layer/path.js';
import type { TreeEntry } from '../tree/tree.js';
import { isMover, pipelinesOf, type Stage } from './commands.js';
import { commandsOf, isNotCopied, isOrdinaryFile, isPutByRun, linesOf } from './left-behind.js';
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
/** What Debian's packages make so that a program controls a server on the same machine: a UUID in a line, and `rndc-confgen -a`'s file. */
const VARNISH_SECRET = 'etc/varnish/secret';
const VARNISH_SECRET_BYTES = 37;
const RNDC_KEY = 'etc/bind/rndc.key';
const RNDC_KEY_BYTES = 100;
const OTHERS_READ = 0o037;
const OTHERS_WRITE = 0o022;
const SNAKEOIL = /(?:^|\/)ssl-cert-snakeoil\.pem$/;

/** Identities that are made anew by each build. */
export const generatedIdentity: TreeRule = {
  kind: 'tree',
  name: 'generated-identity',
  reason:
    'A generated identity (machine id, SSH host key, self-signed certificate, cookie of RabbitMQ, control key of BIND or Varnish) is another one in each build although nothing went into it that changed.',
  example:
    '/etc/machine-id, filled by a RUN, has another content; hidden. One that is gone, that a Dockerfile copies, that the command copies, fetches, unpacks or writes, an empty one, or a host key that others may read, is not.',
  default: true,
  judge: (entry) => {
    if (!isIdentity(entry) || !isNotCopied(entry, 'run') || !isOrdinaryFile(entry) || isPutThere(entry)) return 'keep';
    // The link has the name of a host, too. A server does not start without its key.
    return entry.type === 'symlink' ? 'drop' : 'blank';
  },
};

function isIdentity({ path, type, size, mode, uid, linkTarget, layer }: TreeEntry): boolean {
  // update-ca-certificates names its link after the subject, which is the host that built.
  if (type === 'symlink') return /^etc\/ssl\/certs\/[0-9a-f]{8}\.\d$/.test(path) && SNAKEOIL.test(linkTarget ?? '');
  if (path === ERLANG_COOKIE) {
    // Nodes of a cluster share one: then some command writes it.
    const isShared = /cookie/i.test(layer.history?.createdBy ?? '');
    return size === ERLANG_COOKIE_BYTES && (mode & 0o777) === 0o400 && !isShared;
  }
  // Of BIND's user.
  if (path === RNDC_KEY) return size === RNDC_KEY_BYTES && (mode & OTHERS_READ) === 0;
  if (uid !== 0 || size === 0) return false;
  if (path === VARNISH_SECRET) return size === VARNISH_SECRET_BYTES && (mode & OTHERS_READ) === 0;
  if (MACHINE_ID.test(path)) return MACHINE_ID_BYTES.includes(size) && (mode & OTHERS_WRITE) === 0;
  return (PRIVATE.test(path) && (mode & OTHERS_READ) === 0) || (PUBLIC.test(path) && (mode & OTHERS_WRITE) === 0);
}

/** Where an id comes from that is drawn. Not `uuid-runtime`, which is installed, or `random-seed`, which is removed. */
const DRAWN = /uuidgen|\buuid4|random\/uuid|\/dev\/u?random|openssl rand|machine-id-setup/;
/** dbus and systemd have one id in two places. */
const BOTH_IDS = /\/etc\/machine-id.*dbus\/machine-id|dbus\/machine-id.*\/etc\/machine-id/;

/**
 * Whether the command that left it names it where it copies, fetches or writes something, or names its folder where it unpacks or copies
 * several files at once, or does nothing else at all: then it was chosen.
 */
function isPutThere(entry: TreeEntry): boolean {
  if (isPutByRun(entry) && !commandsOf(entry).some((command) => BOTH_IDS.test(command))) return true;
  const isHostKey = entry.path.startsWith('etc/ssh/');
  const isPut = puts(isHostKey ? 'ssh_host_' : baseOf(entry.path), parentOf(entry.path));
  return linesOf(entry).some((line) => {
    const draws = !isHostKey && DRAWN.test(line.createdBy ?? '');
    // What was drawn may be in a variable by now.
    const isDrawn = ({ text }: Stage) => draws && (DRAWN.test(text) || text.includes('$'));
    return pipelinesOf(line).some(
      (stages) => !stages.some(isDrawn) && stages.some((stage) => isPut(stage) && !BOTH_IDS.test(stage.text)),
    );
  });
}

/** Whether a program puts a file of this name somewhere, or several into this folder. */
function puts(name: string, folder: string): (stage: Stage) => boolean {
  const written = new RegExp(String.raw`>\s*["']?[^\s>]*${name}`);
  const into = new RegExp(String.raw`["'\s]/${folder}/?(?:["'\s]|$)`);
  return (stage) => {
    const { program, text } = stage;
    if ((isMover(stage) || program === 'tee' || program === 'sed') && text.includes(name)) return true;
    return (
      written.test(text) ||
      (isMover(stage) && into.test(text) && (!/^(?:cp|mv|install)$/.test(program) || SEVERAL.test(text)))
    );
  };
}

/** What a copy of several files says: a flag, a pattern, a folder as its source. */
const SEVERAL = /\s-\w*[raR]|\*|\/\.?["']?\s/;
