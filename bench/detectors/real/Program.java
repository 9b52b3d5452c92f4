import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A typical server on the JVM: java Program BEHAVIOR AMOUNT [SECONDS]. AMOUNT is in MB, or in MB per minute for leaks. */
public final class Program {
  private static final int TICKS_A_SECOND = 4;
  private static final int ITEMS_A_MB = 1000;
  private static final ArrayDeque<byte[]> held = new ArrayDeque<>();
  private static final List<ByteBuffer> buffers = new ArrayList<>();
  private static double amount;
  private static double seconds = 600;
  private static double owed;
  private static int count;

  private interface Behavior {
    void tick(double t);
  }

  private static final Map<String, Behavior> BEHAVIORS =
      Map.of(
          "leak into a list", t -> hold(perTick()),
          "leak per request", t -> { serve(loadAt(t)); hold(perTick() * loadAt(t)); },
          "leak after calm", t -> { if (t > seconds) hold(perTick()); },
          "leak of direct buffers", t -> buffers.add(ByteBuffer.allocateDirect((int) (perTick() * 1048576))),
          "bounded cache", t -> { hold(amount / seconds / TICKS_A_SECOND); letGo(amount); },
          "sawtooth", t -> { if (count == 0) hold(amount); serve(4); },
          "traffic", t -> { hold(1); letGo(amount / 2 * loadAt(t)); },
          "warm-up", t -> hold(Math.max(0, amount * (1 - Math.exp(-t / seconds)) - count / (double) ITEMS_A_MB)),
          "batch", t -> { if (t % seconds < 1.0 / TICKS_A_SECOND) { hold(amount); letGo(0); } });

  private static double loadAt(double t) {
    return 1 + Math.sin(2 * Math.PI * t / seconds);
  }

  private static double perTick() {
    return amount / 60 / TICKS_A_SECOND;
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

  public static void main(String[] words) throws InterruptedException {
    amount = Double.parseDouble(words[1]);
    if (words.length > 2) seconds = Double.parseDouble(words[2]);
    long started = System.nanoTime();
    while (true) {
      serve(1);
      BEHAVIORS.get(words[0]).tick((System.nanoTime() - started) / 1e9);
      Thread.sleep(1000 / TICKS_A_SECOND);
    }
  }
}
