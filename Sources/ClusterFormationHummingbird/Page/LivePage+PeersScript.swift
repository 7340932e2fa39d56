#if Hummingbird
    extension LivePage {
        /// The verdict, the strategies, and the table of peers.
        static let peersScript = #"""
            const rowLimit = 100;
            const rows = new Map(), chips = new Map();
            // The last failure of each peer whose next attempt runs: it stays where it is in the table, and its reason is shown.
            const failed = new Map();
            let status = null, receivedAt = 0, chosen = null, showsAll = false, shownStrategies = "";

            function showStatus() {
              linkStates.not_wanted = status.links_peers === false ? { label: "known", tone: "good" }
                : { label: "not linked", tone: "idle" };
              setText(byId("name"), status.cluster_name);
              const local = status.local_node;
              const parts = ["seen by " + local.endpoint];
              if (local.instance) parts.push("instance " + local.instance.slice(0, 8));
              parts.push("up for " + span(status.uptime_seconds));
              setText(byId("local"), parts.join(" · "));
              showVerdict();
              const strategies = JSON.stringify(status.strategies);
              if (strategies !== shownStrategies) byId("strategies").replaceChildren(...status.strategies.map(strategyLine));
              shownStrategies = strategies;
              showPeers();
            }

            function verdict() {
              const impaired = status.strategies.filter((strategy) => strategy.condition.state === "impaired");
              const linked = status.peers.filter((peer) => peer.link.state === "connected").length;
              const wanted = status.peers.filter((peer) => !peer.link.state.startsWith("not_")).length;
              const peers = status.peers.length === 0 ? "No peer is known."
                : wanted === 0 ? plural(status.peers.length, "peer is known.", "peers are known.")
                : linked === wanted ? (wanted === 1 ? "The one peer is connected." : "All " + wanted + " peers are connected.")
                : linked + " of " + plural(wanted, "peer is connected.", "peers are connected.");
              const more = [];
              if (status.refused_peers > 0) more.push(plural(status.refused_peers, "newcomer was", "newcomers were") + " refused: the table is full.");
              if (status.phase !== "running") return ["bad", "This node is " + status.phase + ".", [peers, ...more]];
              if (impaired.length > 0) {
                const names = impaired.map((strategy) => strategy.name + " (" + (strategy.condition.code || "impaired") + ")");
                return ["bad", "Peers can't be found by " + names.join(", ") + " now.", [peers, "Links stay up.", ...more]];
              }
              if (linked < wanted) return ["wait", peers, more];
              return [status.peers.length === 0 ? "idle" : "good", peers, more];
            }

            function showVerdict() {
              const [tone, title, more] = verdict();
              byId("verdict").className = "verdict " + tone;
              byId("verdict").hidden = false;
              setText(byId("verdict-title"), title);
              setText(byId("verdict-more"), more.join(" "));
              document.title = (tone === "good" || tone === "idle" ? "" : "! ") + status.cluster_name + " – cluster";
            }

            function strategyLine(strategy) {
              const line = element("li");
              const text = element("div");
              text.append(element("strong", "", strategy.name));
              const { code, message } = strategy.condition;
              const note = [code, message].filter((part) => part).join(": ");
              if (note) text.append(element("span", "note", note));
              line.append(element("span", "state " + toneOf(strategy.condition), strategy.condition.state), text);
              return line;
            }

            function showPeers() {
              const counts = Object.fromEntries(order.map((state) => [state, 0]));
              for (const peer of status.peers) rememberFailure(peer);
              const peers = status.peers.map((peer) => ({ peer, state: stateOf(peer) }));
              for (const { state } of peers) counts[state] += 1;
              const present = order.filter((state) => counts[state] > 0);
              if (chosen && counts[chosen] === 0) chosen = null;
              setText(byId("peers-title"), peers.length > 0 ? "Peers: " + peers.length : "Peers");
              byId("share").hidden = peers.length === 0;
              setChildren(byId("share"), present.map((state) => {
                const part = element("span", linkStates[state].tone);
                part.style.flexGrow = counts[state];
                return part;
              }));
              showChips(present, counts, peers.length);
              const wanted = byId("filter").value.toLowerCase().split(/\s+/).filter((word) => word);
              const matching = peers
                .filter(({ state }) => !chosen || state === chosen)
                .filter(({ peer, state }) => wanted.every((word) => searched(peer, state).includes(word)))
                .sort(worstFirst);
              const shown = showsAll ? matching : matching.slice(0, rowLimit);
              const known = new Set(status.peers.map((peer) => peer.node.endpoint));
              for (const kept of [rows, failed]) for (const endpoint of kept.keys()) if (!known.has(endpoint)) kept.delete(endpoint);
              setChildren(byId("peers"), shown.map(({ peer, state }) => rowOf(peer, state)));
              byId("peers-table").hidden = shown.length === 0;
              byId("no-peers").hidden = shown.length > 0;
              setText(byId("no-peers"), peers.length > 0 ? "No peer matches the filter." : "Nobody has been found yet.");
              byId("more").hidden = matching.length <= rowLimit;
              setText(byId("more"), showsAll ? "Show the first " + rowLimit : "Show all " + matching.length);
            }

            // A chip is kept, so that a click or the focus on it is not lost when the list is read anew.
            function showChips(present, counts, total) {
              byId("chips").hidden = present.length < 2;
              setChildren(byId("chips"), ["", ...present].map((state) => {
                if (!chips.has(state)) {
                  const chip = element("button", state && linkStates[state].tone, state ? linkStates[state].label || "other" : "all");
                  chip.type = "button";
                  chip.dataset.state = state;
                  chip.append(element("b"));
                  chips.set(state, chip);
                }
                const chip = chips.get(state);
                chip.setAttribute("aria-pressed", String((chosen || "") === state));
                setText(chip.lastElementChild, String(state ? counts[state] : total));
                return chip;
              }));
            }

            const metadataText = (node) => Object.entries(node.metadata || {}).map(([key, value]) => key + "=" + value).join("  ");

            function searched(peer, state) {
              const { node, link } = peer;
              return [node.endpoint, node.instance, metadataText(node), state, link.state, linkStates[state].label, link.last_error,
                link.reason, ...peer.strategies].join(" ").toLowerCase();
            }

            function rememberFailure(peer) {
              const { node, link } = peer;
              if (link.state === "retrying") failed.set(node.endpoint, link);
              else if (link.state !== "connecting") failed.delete(node.endpoint);
              else if (failed.has(node.endpoint) && !link.is_overdue) peer.link = { ...failed.get(node.endpoint), isRunning: true };
            }

            const collator = new Intl.Collator("en", { numeric: true });
            // By size alone: those that fail as often would change places all the time.
            const rank = (peer) => Math.floor(Math.log2((peer.link.failures || 0) + 1));
            function worstFirst(one, other) {
              return order.indexOf(one.state) - order.indexOf(other.state)
                || rank(other.peer) - rank(one.peer)
                || collator.compare(one.peer.node.endpoint, other.peer.node.endpoint);
            }

            function rowOf(peer, state) {
              const { node, link } = peer;
              let row = rows.get(node.endpoint);
              if (!row) {
                const parts = {
                  link: element("span"), wait: element("span", "note"), address: element("span", "address"),
                  instance: element("span", "instance"), error: element("span", "error clamp"), found: element("span"),
                  metadata: element("span", "quiet clamp"),
                };
                const line = element("tr");
                for (const cell of [[parts.link, parts.wait], [parts.address, parts.instance, parts.error], [parts.found], [parts.metadata]]) {
                  const made = element("td");
                  made.append(...cell);
                  line.append(made);
                }
                row = { line, parts };
                rows.set(node.endpoint, row);
              }
              const { parts } = row;
              row.link = link;
              parts.link.className = "state " + linkStates[state].tone;
              setText(parts.link, linkStates[state].label || words(link.state));
              setText(parts.address, node.endpoint);
              setText(parts.instance, node.instance ? node.instance.slice(0, 8) : "");
              parts.instance.title = node.instance || "";
              setText(parts.error, link.last_error || link.reason || "");
              parts.error.title = parts.error.textContent;
              setText(parts.found, state === "unannounced" ? "kept for its link" : peer.strategies.join(", "));
              setText(parts.metadata, metadataText(node));
              parts.metadata.title = parts.metadata.textContent;
              showWait(row);
              return row.line;
            }

            function showWait(row) {
              const { failures, retry_in_seconds: wait, isRunning } = row.link;
              if (failures === undefined) return setText(row.parts.wait, "");
              const left = isRunning ? 0 : wait - (performance.now() - receivedAt) / 1000;
              setText(row.parts.wait, "failed " + failures + "×, " + (left > 0 ? "again in " + span(Math.ceil(left)) : "again now"));
            }
            """#
    }
#endif
