import static org.codelibs.opensearch.runner.OpenSearchRunner.newConfigs;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One OpenSearch node, without the archive of its distribution, which no package registry has.
 *
 * <p>Usage: OpenSearchNode DIRECTORY PORT TRANSPORT_PORT.
 */
public final class OpenSearchNode {
  public static void main(String[] arguments) throws Exception {
    OpenSearchRunner node = new OpenSearchRunner();
    node.onBuild(
            (number, settings) ->
                settings
                    .put("network.host", "127.0.0.1")
                    .put("http.port", arguments[1])
                    .put("transport.port", arguments[2])
                    .put("discovery.type", "single-node")
                    // A full disk of the machine is not what is tested.
                    .put("cluster.routing.allocation.disk.threshold_enabled", false))
        .build(
            newConfigs()
                .clusterName("acceptance")
                .numOfNode(1)
                .disableESLogger()
                .basePath(Path.of(arguments[0], "node").toString()));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    new CountDownLatch(1).await();
  }

  private static void close(OpenSearchRunner node) {
    try {
      node.close();
    } catch (java.io.IOException error) {
      error.printStackTrace();
    }
  }
}
