import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A typical server on the JVM: java Program [server] BEHAVIOR AMOUNT [SECONDS]. AMOUNT is in MB, or in MB per minute for leaks
 * (servers: under a load of 1). With "server", it prints a port, and load.mjs sends the requests that drive it.
 */
public final class Program {
  private static final int TICKS_A_SECOND = 4;
  /** What load.mjs sends at a load of 1. */
  private static final int REQUESTS_A_SECOND = 20;
  private static final int ITEMS_A_MB = 1000;
  private static final ArrayDeque<byte[]> held = new ArrayDeque<>();
  private static final List<ByteBuffer> buffers = new ArrayList<>();
  private static double amount;
  private static double seconds = 600;
  private static double owed;
  private static int count;
  /** How many seconds one call of a behavior stands for. */
  private static double step = 1.0 / TICKS_A_SECOND;

  private interface Behavior {
    void tick(double t);
  }

  private static final Map<String, Behavior> BEHAVIORS =
      Map.of(
          "leak into a list", t -> hold(perTick()),
          "leak of some requests", t -> { if (ThreadLocalRandom.current().nextInt(50) == 0) hold(perTick() * 50); },
          "leak per request", t -> { serve(loadAt(t)); hold(perTick() * loadAt(t)); },
          "leak after calm", t -> { if (t > seconds) hold(perTick()); },
          "leak of direct buffers", t -> buffers.add(ByteBuffer.allocateDirect((int) (perTick() * 1048576))),
          "bounded cache", t -> { hold(amount / seconds * step); letGo(amount); },
          "sawtooth", t -> { if (count == 0) hold(amount); serve(4); },
          "traffic", t -> { hold(1); letGo(amount / 2 * loadAt(t)); },
          "warm-up", t -> hold(Math.max(0, amount * (1 - Math.exp(-t / seconds)) - count / (double) ITEMS_A_MB)),
          "batch", t -> { if (t % seconds < step) { hold(amount); letGo(0); } });

  private static double loadAt(double t) {
    return 1 + Math.sin(2 * Math.PI * t / seconds);
  }

  private static double perTick() {
    return amount / 60 * step;
  }

  private static byte[] item() {
    return new byte[ThreadLocalRandom.current().nextInt(500, 1500)];
  }

  /** A request that retains no memory. */
  private static void serve(double times) {
    for (int request = 0; request < 5 * times; request++) {
      StringBuilder text = new StringBuilder();
      for (int row = 0; row < 1000; row++) text.append(row).append(',');
      if (text.toString().split(",").length == 0) throw new IllegalStateException();
    }
  }

  private static void hold(double mb) {
    for (owed += mb * ITEMS_A_MB; owed >= 1; owed--) {
      held.add(item());
      count++;
    }
  }

  private static void letGo(double mb) {
    while (held.size() > mb * ITEMS_A_MB) held.poll();
  }

  private static double secondsSince(long started) {
    return (System.nanoTime() - started) / 1e9;
  }

  private static void serveRequests(Behavior behavior, long started) throws IOException {
    step = 1.0 / REQUESTS_A_SECOND;
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.createContext("/", exchange -> {
      behavior.tick(secondsSince(started));
      serve(0.4);
      exchange.sendResponseHeaders(204, -1);
      exchange.close();
    });
    server.start();
    System.out.println(server.getAddress().getPort());
  }

  public static void main(String[] words) throws InterruptedException, IOException {
    int first = words[0].equals("server") ? 1 : 0;
    Behavior behavior = BEHAVIORS.get(words[first]);
    amount = Double.parseDouble(words[first + 1]);
    if (words.length > first + 2) seconds = Double.parseDouble(words[first + 2]);
    long started = System.nanoTime();
    if (first == 1) {
      serveRequests(behavior, started);
      return;
    }
    while (true) {
      serve(1);
      behavior.tick(secondsSince(started));
      Thread.sleep(1000 / TICKS_A_SECOND);
    }
  }
}
