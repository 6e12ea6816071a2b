import java.util.List;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One OpenSearch node: folder, modules, cluster, name, HTTP port, transport port, and for a cluster all names and all transport addresses. */
public class Node {
    public static void main(String[] given) throws Exception {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("node.name", given[3]);
            settings.put("http.port", given[4]);
            settings.put("transport.port", given[5]);
            if (given.length > 6) {
                settings.put("discovery.type", "zen");
                settings.putList("cluster.initial_cluster_manager_nodes", List.of(given[6].split(",")));
                settings.putList("discovery.seed_hosts", List.of(given[7].split(",")));
            } else {
                settings.put("discovery.type", "single-node");
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { try { runner.close(); } catch (Exception ignored) { } }));
        runner.build(OpenSearchRunner.newConfigs().basePath(given[0]).clusterName(given[2]).moduleTypes(given[1]).numOfNode(1));
        Thread.currentThread().join();
    }
}
