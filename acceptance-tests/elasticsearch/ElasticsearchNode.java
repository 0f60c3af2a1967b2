import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;

/**
 * One Elasticsearch node, without the launcher of its distribution: that needs the archive, which no package registry
 * has, and a security manager, which Java has no more.
 *
 * <p>Usage: ElasticsearchNode HOME DIRECTORY PORT TRANSPORT_PORT. HOME holds the modules and is only read.
 */
public final class ElasticsearchNode {
  public static void main(String[] arguments) throws Exception {
    LogConfigurator.configureESLogging();
    Path directory = Path.of(arguments[1]);
    Settings settings =
        Settings.builder()
            .put("path.home", arguments[0])
            .put("path.data", directory.resolve("data").toString())
            .put("path.logs", directory.resolve("logs").toString())
            // Where snapshot repositories may lie.
            .put("path.repo", directory.resolve("repositories").toString())
            .put("network.host", "127.0.0.1")
            .put("http.port", arguments[2])
            .put("transport.port", arguments[3])
            .put("discovery.type", "single-node")
            .put("cluster.name", "acceptance")
            .put("node.name", "only")
            // A full disk of the machine is not what is tested.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    Node node = new Node(new Environment(settings, directory.resolve("config")));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.start();
    new CountDownLatch(1).await();
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (java.io.IOException error) {
      error.printStackTrace();
    }
  }
}
