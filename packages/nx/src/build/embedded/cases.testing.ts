import { writeTar } from '@image-versions/oci/testing';

/** A file of a build context: text, bytes, a link, or text that can be executed. */
export type ContextFile = string | Uint8Array | { readonly link: string } | { readonly script: string };

/** A Dockerfile that engines and the embedded builder must make the same image of. */
export interface Case {
  readonly name: string;
  readonly dockerfile: string;
  /** Besides `commonFiles`. */
  readonly files?: Readonly<Record<string, ContextFile>>;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** Default: both. */
  readonly on?: 'classic' | 'buildkit';
  /** What engines of today build of `dockerfile`, in words that the engine of the test knows. */
  readonly twin?: string;
}

export const commonFiles: Readonly<Record<string, ContextFile>> = {
  'a.txt': 'a\n',
  'b.txt': 'b\n',
  'run.sh': { script: '#!/bin/sh\n' },
  'with space.txt': 'space\n',
  'dir/one.txt': 'one\n',
  'dir/two.md': 'two\n',
  'dir/sub/three.txt': 'three\n',
  'dir/sub/tool': { script: 'tool\n' },
  'dir/here': { link: 'one.txt' },
  'dir/away': { link: '/etc/passwd' },
  'to-file': { link: 'dir/one.txt' },
  'to-dir': { link: 'dir' },
  'to-top': { link: '../../../../../../a.txt' },
  'link.d/name': { link: '../dir/sub' },
  'br[1].txt': 'bracket\n',
};

const archive = writeTar([
  { path: './', mode: 0o700 },
  { path: 'etc/', uid: 3, gid: 4, mode: 0o750 },
  { path: 'etc/conf', content: 'conf\n', uid: 1234, gid: 99, mode: 0o640 },
  { path: 'etc/same', type: 'hardlink', linkPath: 'etc/conf' },
  { path: 'etc/link', type: 'symlink', linkPath: 'conf' },
  { path: 'opt/deep/er', content: 'er\n', mode: 0o4755 },
  { path: 'lib', type: 'symlink', linkPath: 'usr/lib' },
  { path: 'usr/lib/', mode: 0o755 },
  { path: 'lib/through', content: 'through a link\n' },
  { path: `${'long/'.repeat(30)}name`, content: 'long\n' },
]);

/** In `FROM` lines BASE is an image with accounts, links and odd modes. */
export const cases: readonly Case[] = [
  {
    name: 'COPY of one file to a name, into a directory and below one that is not there',
    dockerfile: 'FROM scratch\nCOPY a.txt /named\nCOPY a.txt /into/\nCOPY a.txt /not/there/yet\n',
  },
  {
    name: 'COPY of a directory copies what is in it',
    dockerfile: 'FROM scratch\nCOPY dir /dest\nCOPY dir/ /slash/\nCOPY dir/. /dot\nCOPY dir .\n',
  },
  { name: 'COPY of the whole context', dockerfile: 'FROM scratch\nWORKDIR /srv\nCOPY . .\n' },
  {
    name: 'COPY of several sources',
    dockerfile: 'FROM scratch\nCOPY a.txt b.txt dir /dest/\nCOPY a.txt dir/sub ./\n',
  },
  {
    name: 'COPY in the form of JSON',
    dockerfile: 'FROM scratch\nCOPY ["with space.txt", "a.txt", "/with space/"]\nADD ["b.txt", "/b"]\n',
  },
  {
    name: 'COPY of patterns',
    dockerfile:
      'FROM scratch\nCOPY *.txt /texts/\nCOPY dir/*/*.txt /deep/\nCOPY ?.txt /one/\nCOPY [a-b].txt /class/\nCOPY [^a].txt /not/\nCOPY br[[]1].txt /bracket/\nCOPY di* /dirs/\n',
  },
  {
    name: 'COPY follows a link that it names, and keeps those in directories',
    dockerfile:
      'FROM scratch\nCOPY to-file /f\nCOPY to-file /into/\nCOPY to-dir /d\nCOPY to-dir/sub /sub\nCOPY to-top /top\nCOPY link.d/name/tool /tool\nCOPY link.d /links\n',
  },
  {
    name: 'COPY on files, directories and links of the base',
    dockerfile:
      'FROM BASE\nCOPY a.txt /opt\nCOPY a.txt /etc/motd\nCOPY a.txt /bin/tool\nCOPY a.txt /motd-link\nCOPY b.txt /odd/new\nCOPY dir /odd\nCOPY dir /bin\n',
  },
  {
    name: 'COPY replaces files, and links inside of directories',
    dockerfile: 'FROM BASE\nCOPY b.txt /opt/a.txt\nCOPY over /opt\n',
    files: { 'over/link': 'now a file\n', 'over/file': 'again\n', 'over/private/x': 'x\n' },
  },
  {
    name: 'the metadata of directories that are copied onto existing ones',
    dockerfile: 'FROM BASE\nCOPY over /\n',
    files: { 'over/odd/x': 'x\n', 'over/opt/private/y': 'y\n' },
  },
  {
    name: 'COPY --chown with numbers',
    dockerfile:
      'FROM scratch\nCOPY --chown=1000 a.txt /a\nCOPY --chown=1000:50 dir /made\nCOPY --chown=7:8 a.txt /x/\n',
  },
  {
    name: 'directories that COPY --chown makes on the way',
    dockerfile: 'FROM scratch\nCOPY --chown=1000:50 dir /made/for/it\nCOPY --chown=7:8 a.txt /x/y/\n',
    // The classic builder gives them to root.
    on: 'buildkit',
  },
  {
    name: 'COPY --chown with names',
    dockerfile:
      'FROM BASE\nARG who=app\nCOPY --chown=app:staff a.txt /a\nCOPY --chown=${who}:app dir /home/app/dir\nCOPY --chown=app:0 a.txt /b\nADD --chown=0:staff b.txt /c\n',
  },
  {
    name: 'COPY --chown with a user alone',
    dockerfile: 'FROM BASE\nCOPY --chown=app a.txt /a\n',
    // The classic builder looks for a group of the user's name.
    on: 'buildkit',
  },
  {
    name: 'COPY --chmod',
    dockerfile:
      'FROM scratch\nCOPY --chmod=600 a.txt /a\nCOPY --chmod=0711 dir /dir/made\nCOPY --chmod=755 --chown=3:4 to-file /x/\n',
    on: 'buildkit',
  },
  {
    name: 'COPY --chmod with a set user ID',
    dockerfile: 'FROM scratch\nCOPY --chmod=4755 run.sh /r\n',
    on: 'buildkit',
  },
  {
    name: 'COPY --from an earlier stage by name and number',
    dockerfile:
      'FROM scratch AS one\nCOPY dir /dir\nFROM scratch AS Two\nCOPY --from=one /dir/sub /sub\nFROM scratch\nCOPY --from=0 /dir/one.txt /\nCOPY --from=two sub/tool /bin/\n',
  },
  {
    name: 'COPY --from an image',
    dockerfile:
      'FROM scratch\nCOPY --from=BASE /etc/passwd /etc/\nCOPY --from=BASE /motd-link /etc/l\nCOPY --from=BASE /bin/tool /t\n',
  },
  {
    name: 'COPY --from keeps modes',
    dockerfile: 'FROM scratch\nCOPY --from=BASE /opt /opt\nCOPY --from=BASE /odd/suid /s\n',
  },
  { name: 'COPY --from keeps owners', dockerfile: 'FROM scratch\nCOPY --from=BASE /home /home\n' },
  {
    name: 'COPY --from of hard links and files of several layers',
    dockerfile: 'FROM scratch\nCOPY --from=BASE /links /links\nCOPY --from=BASE /layered /layered\n',
  },
  {
    name: 'a stage on a stage goes on with its config and files',
    dockerfile:
      'FROM BASE AS one\nENV A=1\nWORKDIR /srv\nCOPY a.txt .\nCMD ["a"]\nFROM one\nCOPY b.txt .\nENTRYPOINT ["e"]\n',
  },
  {
    name: 'an earlier stage as the target',
    dockerfile: 'FROM scratch AS one\nCOPY a.txt /\nFROM scratch AS two\nCOPY b.txt /\n',
    target: 'one',
  },
  {
    name: 'ARG and ENV fill in what follows',
    dockerfile:
      'ARG base=BASE\nARG GLOBAL=g\nFROM ${base}\nARG GLOBAL\nARG OWN=own\nARG GIVEN=default\nARG NONE\nENV E=env OWN2=$OWN\nENV OWN=env\nLABEL g=$GLOBAL o=$OWN v=${GIVEN} n="[$NONE]" e=${E:-x} d=${NONE:-dash} p=${E:+plus} q=${NONE:+plus} w=\\$E s=\'$E\' two="${E}_$E" nest=${NONE:-${E:-$OWN}}\nCOPY ${E}.txt /${OWN}/\nWORKDIR /w/$E\nUSER ${E}:${E}\nEXPOSE ${NONE:-80} 81\nVOLUME /v/$E\nSTOPSIGNAL SIG${NONE:-INT}\nCMD echo $E\n',
    files: { 'env.txt': 'env\n' },
    buildArgs: { GIVEN: 'given' },
  },
  {
    name: 'the last ARG of a name counts',
    dockerfile: 'FROM scratch AS one\nARG X=1\nARG X=2\nLABEL x=$X\n',
  },
  {
    name: 'a stage inherits the ARGs of the one that it begins with',
    dockerfile: 'FROM scratch AS one\nARG X=1\nFROM one\nLABEL y=[$X]\n',
    // The classic builder forgets them.
    on: 'buildkit',
  },
  {
    name: 'ENV in all its forms',
    dockerfile:
      'FROM scratch\nENV a b c  "d"\nENV x=1 y="2 3" z=4\\ 5 q=\'6 "7"\' empty=\nENV x=9 keep=$x\nENV long=one\\\n two=2 \\\n# a comment\n\n  three=3\n',
  },
  {
    name: 'LABEL in all its forms',
    dockerfile:
      'FROM scratch\nLABEL "a.b"="c d" e=\'f g\' h=i\\ j\nLABEL old form of label\nLABEL a.b=again multi="x\\\ny"\n',
  },
  {
    name: 'CMD and ENTRYPOINT',
    dockerfile: 'FROM BASE\nENTRYPOINT ["/bin/tool", "-a"]\n',
  },
  {
    name: 'CMD and ENTRYPOINT for a shell',
    dockerfile:
      'FROM BASE\nCMD first\nSHELL ["/bin/bash", "-c"]\nENTRYPOINT exec  tool "$X"\nCMD [ "a", "b" ]\nCMD ["not json\n',
  },
  { name: 'ENTRYPOINT after CMD', dockerfile: 'FROM BASE\nCMD ["own"]\nENTRYPOINT ["e"]\n' },
  { name: 'an empty ENTRYPOINT', dockerfile: 'FROM BASE\nENTRYPOINT []\n' },
  {
    name: 'EXPOSE and VOLUME',
    dockerfile:
      'FROM scratch\nEXPOSE 80 53/udp 8000-8002 443/TCP\nEXPOSE 80/tcp\nVOLUME /a /b\nVOLUME ["/c d", "/e"]\nCOPY a.txt /a/\n',
  },
  {
    name: 'HEALTHCHECK with a command',
    dockerfile:
      'FROM BASE\nHEALTHCHECK --interval=1m30s --timeout=1.5s --start-period=5s --retries=3 CMD curl -f http://x/ || exit 1\n',
  },
  { name: 'HEALTHCHECK with words', dockerfile: 'FROM BASE\nHEALTHCHECK CMD ["curl", "x"]\n' },
  { name: 'HEALTHCHECK NONE', dockerfile: 'FROM BASE\nHEALTHCHECK NONE\n' },
  {
    name: 'USER, STOPSIGNAL, SHELL and MAINTAINER',
    dockerfile:
      'FROM scratch\nMAINTAINER "Some One" <one@example.org>\nUSER 1000:1000\nSTOPSIGNAL 9\nSHELL ["/bin/zsh", "-ec"]\n',
  },
  {
    name: 'WORKDIR makes folders, is relative, and follows links',
    dockerfile:
      'FROM BASE\nWORKDIR /a/b\nWORKDIR c\nCOPY a.txt .\nWORKDIR ../d\nCOPY a.txt x/\nWORKDIR /bin/sub\nCOPY a.txt ./\nWORKDIR /odd\n',
  },
  {
    name: 'ONBUILD is kept for later, and its triggers are carried out',
    dockerfile:
      'FROM BASE AS with\nONBUILD COPY a.txt  /trigger/\nONBUILD ENV T=1\nFROM with\nCOPY b.txt /\nONBUILD LABEL next=$T\n',
  },
  {
    name: 'ADD unpacks an archive',
    dockerfile: 'FROM scratch\nADD app.tar /app\nADD app.tar /\n',
    files: { 'app.tar': archive },
  },
  {
    name: 'ADD unpacks an archive onto what is there',
    dockerfile: 'FROM BASE\nADD --chown=5:6 app.tar /opt/\nADD app.tar /new/place\n',
    files: { 'app.tar': archive },
  },
  {
    name: 'ADD of what is no archive, and COPY of one',
    dockerfile: 'FROM scratch\nADD a.txt dir/one.txt fake.tar /x/\nADD dir /d\nCOPY app.tar /\nADD zeros /z/\n',
    files: { 'app.tar': archive, 'fake.tar': `${'no archive '.repeat(100)}\n`, zeros: new Uint8Array(2048) },
  },
  {
    name: '.dockerignore',
    dockerfile: 'FROM scratch\nCOPY . /all\nCOPY dir /dir\n',
    files: {
      '.dockerignore': '# comment\n*.md\n**/*.txt\n!dir/one.txt\n!**/three.txt\nrun.sh\nlink.d\n',
      'deep/er/x.md': 'kept: the pattern is of the top\n',
    },
  },
  {
    name: 'an own .dockerignore of the Dockerfile',
    dockerfile: 'FROM scratch\nCOPY . /all\n',
    files: { '.dockerignore': 'a.txt\n', 'Dockerfile.dockerignore': 'b.txt\n' },
    on: 'buildkit',
  },
  {
    name: 'directives, comments, other cases and continued lines',
    dockerfile:
      '# escape=`\n# comment\nfrom scratch as one\ncopy a.txt `\n  # inside\n\n  b.txt `\n  c:\\x/\nlabel x="a`"b" y=`$z\nworkdir /a`\n/b\n',
  },
  {
    name: 'COPY --link',
    dockerfile: 'FROM BASE\nCOPY --link a.txt /linked/\n',
    twin: 'FROM BASE\nCOPY a.txt /linked/\n',
  },
  {
    name: 'COPY of heredocs',
    dockerfile:
      'FROM scratch\nENV v=value\nCOPY --chmod=640 --chown=1:2 <<EOF /plain\n$v "quoted" \\$v\nEOF\nCOPY <<"one.txt" <<-two.txt /dir/\n$v\none.txt\n\t\ttabs ${v}\n\ttwo.txt\n',
    twin: 'FROM scratch\nENV v=value\nCOPY --chmod=640 --chown=1:2 plain /plain\nCOPY doc/one.txt doc/two.txt /dir/\n',
    files: { plain: 'value "quoted" $v\n', 'doc/one.txt': '$v\n', 'doc/two.txt': 'tabs value\n' },
    on: 'buildkit',
  },
];
