import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;

/** Starts acme.Main from a fat jar: own classes under BOOT-INF/classes, libraries as jars under BOOT-INF/lib. */
public class Launcher extends ClassLoader {
  private final Map<String, byte[]> classes = new HashMap<>();

  public static void main(String[] args) throws Exception {
    Launcher loader = new Launcher();
    String self = Launcher.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    try (JarFile jar = new JarFile(self)) {
      for (JarEntry entry : jar.stream().toList()) {
        try (InputStream in = jar.getInputStream(entry)) {
          if (entry.getName().startsWith("BOOT-INF/classes/")) loader.add(entry.getName().substring(17), in.readAllBytes());
          if (entry.getName().startsWith("BOOT-INF/lib/")) loader.addJar(in.readAllBytes());
        }
      }
    }
    loader.loadClass("acme.Main").getMethod("main", String[].class).invoke(null, (Object) args);
  }

  private void addJar(byte[] bytes) throws Exception {
    try (JarInputStream jar = new JarInputStream(new ByteArrayInputStream(bytes))) {
      for (JarEntry entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
        add(entry.getName(), jar.readAllBytes());
      }
    }
  }

  private void add(String path, byte[] bytes) {
    classes.put(path.replace('/', '.').replaceFirst("\\.class$", ""), bytes);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classes.get(name);
    if (bytes == null) throw new ClassNotFoundException(name);
    return defineClass(name, bytes, 0, bytes.length);
  }
}
