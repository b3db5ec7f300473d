import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.ClientInfo;
import io.github.centrifugal.centrifuge.ConnectedEvent;
import io.github.centrifugal.centrifuge.ErrorEvent;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.HistoryOptions;
import io.github.centrifugal.centrifuge.JoinEvent;
import io.github.centrifugal.centrifuge.LeaveEvent;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.Publication;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import io.github.centrifugal.centrifuge.SubscriptionOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** centrifuge-java under test: takes orders by line and tells in JSON what happens (see ../driver.ts). It speaks Protobuf only. */
public final class Driver {
  private static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  public static void main(String[] args) throws Exception {
    String url = args[1], token = args[2], channel = args[3];
    Options options = new Options();
    options.setToken(token);
    options.setMinReconnectDelay(20);
    options.setMaxReconnectDelay(200);
    Client client = new Client(url, options, new EventListener() {
      @Override
      public void onConnected(Client client, ConnectedEvent event) {
        tell("event", quoted("connected"), "client", quoted(event.getClient()));
      }

      @Override
      public void onError(Client client, ErrorEvent event) {
        tell("event", quoted("error"), "because", quoted(String.valueOf(event.getError())));
      }
    });
    SubscriptionOptions wishes = new SubscriptionOptions();
    wishes.setRecoverable(true);
    wishes.setPositioned(true);
    wishes.setJoinLeave(true);
    Subscription subscription = client.newSubscription(channel, wishes, new SubscriptionEventListener() {
      @Override
      public void onSubscribed(Subscription subscription, SubscribedEvent event) {
        tell("event", quoted("subscribed"), "recovering", event.wasRecovering(), "recovered", event.getRecovered());
      }

      @Override
      public void onPublication(Subscription subscription, PublicationEvent event) {
        tell("event", quoted("publication"), "offset", event.getOffset(), "data", text(event.getData()));
      }

      @Override
      public void onJoin(Subscription subscription, JoinEvent event) {
        tell("event", quoted("joined"), "user", quoted(event.getInfo().getUser()));
      }

      @Override
      public void onLeave(Subscription subscription, LeaveEvent event) {
        tell("event", quoted("left"), "user", quoted(event.getInfo().getUser()));
      }
    });
    subscription.subscribe();
    client.connect();
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      String[] parts = line.split(" ", 2);
      try {
        obey(subscription, parts[0], parts.length > 1 ? parts[1] : "");
      } catch (Exception error) {
        tell("answer", quoted(parts[0]), "error", quoted(String.valueOf(error)));
      }
    }
    client.close(1000);
    System.exit(0); // the threads of OkHttp would stay for a minute
  }

  private static void obey(Subscription subscription, String order, String argument) throws Exception {
    if (order.equals("publish")) {
      CompletableFuture<Object> published = new CompletableFuture<>();
      subscription.publish(argument.getBytes(StandardCharsets.UTF_8), (error, result) -> settle(published, error, ""));
      published.get(10, TimeUnit.SECONDS);
      tell("answer", quoted(order));
    } else if (order.equals("presence")) {
      CompletableFuture<Map<String, ClientInfo>> asked = new CompletableFuture<>();
      subscription.presence((error, result) -> settle(asked, error, error == null ? result.getClients() : null));
      String users = asked.get(10, TimeUnit.SECONDS).entrySet().stream()
          .map(each -> quoted(each.getKey()) + ":" + quoted(each.getValue().getUser()))
          .collect(Collectors.joining(","));
      tell("answer", quoted(order), "users", "{" + users + "}");
    } else {
      CompletableFuture<List<Publication>> asked = new CompletableFuture<>();
      subscription.history(
          new HistoryOptions.Builder().withLimit(100).build(),
          (error, result) -> settle(asked, error, error == null ? result.getPublications() : null));
      String publications = asked.get(10, TimeUnit.SECONDS).stream()
          .map(each -> "{\"offset\":" + each.getOffset() + ",\"data\":" + text(each.getData()) + "}")
          .collect(Collectors.joining(","));
      tell("answer", quoted(order), "publications", "[" + publications + "]");
    }
  }

  private static <T> void settle(CompletableFuture<T> future, Throwable error, T value) {
    if (error != null) future.completeExceptionally(error);
    else future.complete(value);
  }

  /** Names and values in turn; the values are JSON. */
  private static synchronized void tell(Object... members) {
    StringBuilder line = new StringBuilder("{");
    for (int at = 0; at < members.length; at += 2) {
      if (at > 0) line.append(',');
      line.append(quoted((String) members[at])).append(':').append(members[at + 1]);
    }
    out.println(line.append('}'));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
