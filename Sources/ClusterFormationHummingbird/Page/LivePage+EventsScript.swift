#if Hummingbird
    extension LivePage {
        /// The list of what happens, newest first.
        static let eventsScript = #"""
            const lineLimit = 200;
            // A peer that fails again and again has one line, which comes up again.
            const failing = new Map();

            // What is said of an event: how bad it is, and text in turn with what is stressed.
            function told(event) {
              const peer = event.node ? event.node.endpoint : "";
              switch (event.event) {
                case "peer_discovered": return ["idle", "", peer, " was found"];
                case "peer_updated": return ["idle", "", peer, " has other metadata"];
                case "peer_replaced": return ["wait", "", peer, " has restarted"];
                case "peer_connected": return ["good", "", peer, " is connected"];
                case "peer_disconnected": return ["bad", "", peer, " is disconnected: " + event.reason];
                case "connect_failed":
                  return ["bad", "", peer, " can't be connected, " + event.failures + "×: " + event.message];
                case "connect_refused": return ["bad", "", peer, " is not the instance that was announced: " + event.message];
                case "peer_vouchers_changed":
                  return ["idle", "", peer, " is found by " + (event.strategies.join(", ") || "nobody")];
                case "peer_unvouched":
                  return ["wait", "", peer, " is no longer announced (" + words(event.reason) + "), kept for its link"];
                case "peer_forgotten": return ["idle", "", peer, " is forgotten (" + words(event.reason) + ")"];
                case "strategy_changed": {
                  const { state, code, message } = event.condition;
                  const note = [code, message].filter((part) => part).join(": ");
                  return [toneOf(event.condition), "Strategy ", event.strategy, " is " + state + (note ? ". " + note : "")];
                }
                case "endpoint_conflict":
                  return ["bad", "Two living nodes claim ", event.endpoint, event.is_local ? ", this node's own address" : ""];
                case "missed":
                  return ["wait", "", plural(event.count, "event", "events"), " came too fast for this page; the lists are right"];
                default: return ["idle", "", peer || event.strategy || "", " " + words(event.event)];
              }
            }

            function tell(tone, before, stressed, after) {
              const line = element("li");
              const text = element("div", tone);
              text.append(before, element("strong", "", stressed), after);
              const now = new Date();
              const time = element("time", "", now.toLocaleTimeString("en-GB"));
              time.dateTime = now.toISOString();
              line.append(time, text);
              const list = byId("events");
              // Who has scrolled down to read is not moved.
              const top = list.scrollTop;
              const height = list.scrollHeight;
              list.prepend(line);
              if (top > 0) list.scrollTop = top + list.scrollHeight - height;
              while (list.children.length > lineLimit) list.lastElementChild.remove();
              byId("no-events").hidden = true;
              return line;
            }

            function tellEvent(event) {
              const line = tell(...told(event));
              const peer = event.node && event.node.endpoint;
              if (event.event === "connect_failed") {
                failing.get(peer)?.remove();
                failing.set(peer, line);
                if (failing.size > lineLimit) failing.delete(failing.keys().next().value);
              } else if (peer) {
                failing.delete(peer);
              }
            }
            """#
    }
#endif
