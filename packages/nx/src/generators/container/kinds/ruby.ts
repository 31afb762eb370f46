import { firstOf, ignoredAlways, type Kind, lines, user } from './kind.js';

const program = `require 'socket'

port = Integer(ENV.fetch('PORT', '3000'))
server = TCPServer.new('0.0.0.0', port)
Signal.trap('TERM') { exit }
puts "Listening on #{port}"
loop do
  client = server.accept
  client.gets
  client.print "HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\nConnection: close\\r\\n\\r\\nHello\\n"
  client.close
end
`;

/** Ruby: gems are installed by Bundler in a stage of their own, on the base with compilers; without a Gemfile, no command runs. */
export const ruby: Kind = (folder, { base = 'ruby:3.4-slim', port = 3000 }) => {
  const found = firstOf(folder, ['main.rb', 'app.rb', 'config.ru', 'src/main.rb', 'lib/main.rb']);
  const entry = found ?? 'main.rb';
  const hasGems = folder.has('Gemfile');
  const hasLock = folder.has('Gemfile.lock');
  const bundler = 'ENV BUNDLE_PATH=/gems BUNDLE_WITHOUT=development:test';
  const command = hasGems
    ? ['bundle', 'exec', ...(entry === 'config.ru' ? ['rackup'] : ['ruby', entry])]
    : ['ruby', entry];
  return {
    dockerfile: lines(
      ...(hasGems
        ? [
            `FROM ${base.replace(/-slim$/, '')} AS gems`,
            'WORKDIR /app',
            hasLock ? `${bundler} BUNDLE_FROZEN=true` : bundler,
            `COPY Gemfile ${hasLock ? 'Gemfile.lock ' : ''}./`,
            'RUN bundle install && rm -rf /gems/ruby/*/cache',
            '',
            `FROM ${base}`,
            'WORKDIR /app',
            hasLock ? `${bundler} BUNDLE_FROZEN=true` : bundler,
            'COPY --from=gems /gems /gems',
          ]
        : [`FROM ${base}`, 'WORKDIR /app']),
      'COPY . .',
      `ENV PORT=${port}`,
      `USER ${user}`,
      `EXPOSE ${port}`,
      `CMD ${JSON.stringify(command).replaceAll(',', ', ')}`,
    ),
    ignore: [...ignoredAlways, '.bundle', 'vendor/bundle', 'log', 'tmp', 'spec', 'test'],
    config: {},
    program: { 'main.rb': program.replace("'3000'", `'${port}'`) },
    needsWorkspace: false,
    notes: [
      ...(hasGems && !hasLock ? ['There is no Gemfile.lock, so each build may install other versions: add one.'] : []),
      ...(folder.isNew || found !== undefined
        ? []
        : ['The Dockerfile starts main.rb, which is not there: correct CMD in it.']),
    ],
  };
};
