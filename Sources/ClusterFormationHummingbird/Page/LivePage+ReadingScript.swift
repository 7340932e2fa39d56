#if Hummingbird
    extension LivePage {
        /// When the status is read: when something has happened, but at most once a second and for a tenth of the time; and
        /// every five seconds, since a wait that ends is no event.
        static let readingScript = #"""
            const base = location.pathname.replace(/\/+$/, "");
            const restInterval = 5000, eventInterval = 1000, timeLimit = 10000, streamInterval = 30000;
            let stream = "connecting", wasLive = false, failure = null, readAt = null;
            let isReading = false, isDue = true, endedAt = -Infinity, took = 0, timer = 0;

            function readSoon() {
              isDue = true;
              plan();
            }

            function plan() {
              if (isReading) return;
              clearTimeout(timer);
              const interval = isDue && (stream === "live" || !failure) ? Math.max(eventInterval, 10 * took) : restInterval;
              timer = setTimeout(read, Math.max(0, endedAt + interval - performance.now()));
            }

            async function read() {
              isReading = true;
              isDue = false;
              const began = performance.now();
              try {
                const response = await fetch(base + "/status", { cache: "no-store", signal: AbortSignal.timeout(timeLimit) });
                if (!response.ok) throw new Error("the answer is " + response.status);
                const next = await response.json();
                if (next.version !== 1) throw new Error("the status has version " + next.version + "; load this page anew");
                status = next;
                receivedAt = performance.now();
                readAt = new Date();
                failure = null;
                showStatus();
              } catch (error) {
                failure = error.message;
              }
              endedAt = performance.now();
              took = endedAt - began;
              isReading = false;
              showConnection();
              plan();
            }

            function watch() {
              const source = new EventSource(base + "/events");
              source.onopen = () => {
                if (wasLive) tell("wait", "", "The stream was interrupted", "; events may be missing here");
                stream = "live";
                wasLive = true;
                showConnection();
                readSoon();
              };
              source.onmessage = (message) => {
                tellEvent(JSON.parse(message.data));
                readSoon();
              };
              source.onerror = () => {
                stream = "reconnecting";
                if (source.readyState === EventSource.CLOSED) {
                  // Too many look already, or the server is not there: the status is read all the same.
                  stream = "polling";
                  setTimeout(watch, streamInterval);
                }
                showConnection();
                readSoon();
              };
            }

            function showConnection() {
              const pill = byId("connection");
              const [tone, text, title] = failure
                ? ["bad", readAt ? "no answer since " + readAt.toLocaleTimeString("en-GB") : "no answer", failure]
                : stream === "live" ? ["good", "live", "Events are shown as they happen."]
                : stream === "polling" ? ["wait", "every 5 s", "There is no stream of events for this page; it reads the status every 5 s."]
                : ["wait", stream, ""];
              pill.className = "pill " + tone;
              setText(pill, text);
              pill.title = title;
              document.body.classList.toggle("stale", failure !== null && readAt !== null);
            }

            byId("filter").addEventListener("input", () => { if (status) showPeers(); });
            byId("chips").addEventListener("click", (click) => {
              const chip = click.target.closest("button");
              if (!chip) return;
              chosen = chip.dataset.state === chosen ? null : chip.dataset.state || null;
              showPeers();
            });
            byId("more").addEventListener("click", () => {
              showsAll = !showsAll;
              showPeers();
            });
            setInterval(() => { for (const row of rows.values()) if (row.line.isConnected) showWait(row); }, 1000);
            watch();
            plan();
            """#
    }
#endif
