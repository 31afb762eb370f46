import { firstOf, ignoredAlways, type Kind, lines, user } from './kind.js';

const program = `import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

public class Main {
  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    byte[] hello = "Hello\\n".getBytes(StandardCharsets.UTF_8);
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, hello.length);
      exchange.getResponseBody().write(hello);
      exchange.close();
    });
    server.start();
    System.out.println("Listening on " + port);
  }
}
`;

/** Java: the jar that Gradle or Maven made, or classes compiled from `src` in a stage of their own. */
export const java: Kind = (folder, { base = 'eclipse-temurin:21-jre', port = 8080 }) => {
  const isGradle = firstOf(folder, ['build.gradle', 'build.gradle.kts']) !== undefined;
  const jar = isGradle ? 'build/libs' : folder.has('pom.xml') ? 'target' : undefined;
  const end = [`ENV PORT=${port}`, `USER ${user}`, `EXPOSE ${port}`];
  return {
    dockerfile:
      jar === undefined
        ? lines(
            `FROM ${base.replace(/\bjre\b/, 'jdk')} AS build`,
            'WORKDIR /build',
            'COPY src src',
            "RUN javac -d classes $(find src -name '*.java' | sort)",
            '',
            `FROM ${base}`,
            'WORKDIR /app',
            'COPY --from=build /build/classes classes',
            ...end,
            'CMD ["java", "-cp", "classes", "Main"]',
          )
        : lines(
            `FROM ${base}`,
            'WORKDIR /app',
            `COPY ${jar}/*.jar ./app.jar`,
            ...end,
            'CMD ["java", "-jar", "app.jar"]',
          ),
    ignore: [
      ...ignoredAlways,
      '.gradle',
      ...(jar === undefined ? ['build', '**/*.class'] : [`**/*-plain.jar`, '**/*-sources.jar', '**/*-javadoc.jar']),
    ],
    config: {},
    program: { 'src/Main.java': program.replace('"8080"', `"${port}"`) },
    needsWorkspace: false,
    notes:
      jar === undefined || folder.hasBuild
        ? []
        : [`The project needs a target \`build\` that leaves one jar in ${jar}; it runs before the image is built.`],
  };
};
