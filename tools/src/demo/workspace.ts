/** The monorepo of the demo: four containers and a library, as files. */

/** Path to text. `base` is the image that all are built on; RUN lines only where an engine carries them out. */
export function demoFiles(base: string, builder: 'embedded' | 'docker'): Record<string, string> {
  const run = (line: string) => (builder === 'docker' ? `RUN ${line}\n` : '');
  const project = (name: string, libraries: readonly string[] = []) =>
    `${JSON.stringify({ name, ...(libraries.length > 0 && { implicitDependencies: libraries }) }, null, 2)}\n`;
  return {
    'nx.json': `${JSON.stringify({ analytics: false, plugins: [{ plugin: '@image-versions/nx', options: { builder, context: '.' } }] }, null, 2)}\n`,
    'package.json': `${JSON.stringify({ name: 'demo', private: true }, null, 2)}\n`,
    '.gitignore': 'node_modules\ndist\n.nx\n.image-registry\n',
    'libs/domain/project.json': project('domain'),
    'libs/domain/claim.json': '{ "fields": ["id", "veteran"] }\n',
    'api/project.json': project('api', ['domain']),
    'api/server.js': "const port = 8080;\nconsole.log('listening on', port);\n",
    'api/Dockerfile': `FROM ${base}\nCOPY api/server.js /app/server.js\nCOPY libs/domain /app/domain\n${run('chmod 0555 /app/server.js')}EXPOSE 8080\nCMD ["node", "/app/server.js"]\n`,
    'worker/project.json': project('worker', ['domain']),
    'worker/worker.py': 'RETRIES = 3\nprint("retries", RETRIES)\n',
    'worker/Dockerfile': `FROM ${base}\nCOPY worker/worker.py /app/\nCOPY libs/domain /app/domain\n${run('date > /var/log/build.log')}CMD ["python3", "/app/worker.py"]\n`,
    'web/project.json': project('web'),
    'web/index.html': '<h1>Claims</h1>\n',
    'web/Dockerfile': `FROM ${base}\n# The site.\nCOPY web/index.html /srv/index.html\n${run('mkdir -p /srv/cache')}EXPOSE 80\n`,
    'db-init/project.json': project('db-init'),
    'db-init/claim.sql': 'CREATE TABLE claim (id INT);\n',
    'db-init/Dockerfile': `FROM ${base}\nCOPY db-init/claim.sql /sql/claim.sql\n${run('touch /sql/.ready')}ENV DATABASE=claims\n`,
  };
}
