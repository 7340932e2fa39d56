#if Hummingbird
    extension LivePage {
        /// What states are called, how bad they are, and how things are said.
        static let wordsScript = #"""
            const byId = (id) => document.getElementById(id);

            // In the order of the table: worst first.
            const linkStates = {
              overdue: { label: "overdue", tone: "bad" },
              retrying: { label: "retrying", tone: "bad" },
              refused: { label: "another instance", tone: "bad" },
              other: { label: "", tone: "bad" },
              disconnecting: { label: "closing", tone: "wait" },
              connecting: { label: "connecting", tone: "wait" },
              queued: { label: "queued", tone: "wait" },
              unannounced: { label: "unannounced", tone: "wait" },
              connected: { label: "connected", tone: "good" },
              not_allowed: { label: "not allowed", tone: "idle" },
              not_wanted: { label: "not linked", tone: "idle" },
            };
            const order = Object.keys(linkStates);

            // The word for a peer's link; a word of a later version is shown as it is.
            function stateOf(peer) {
              const word = peer.link.state;
              if (word === "connecting" && peer.link.is_overdue) return "overdue";
              if (word === "connected" && peer.strategies.length === 0) return "unannounced";
              return order.includes(word) ? word : "other";
            }

            const conditionTones = { active: "good", starting: "wait", impaired: "bad", stopped: "idle" };
            const toneOf = (condition) => conditionTones[condition.state] || "wait";

            const plural = (count, one, many) => count + " " + (count === 1 ? one : many);
            const words = (word) => word.replaceAll("_", " ");

            function span(seconds) {
              const whole = Math.round(seconds);
              if (seconds < 1) return Math.round(seconds * 1000) + " ms";
              if (whole < 120) return whole + " s";
              if (whole < 7200) return Math.floor(whole / 60) + " min";
              if (whole < 172800) return Math.floor(whole / 3600) + " h " + Math.floor((whole % 3600) / 60) + " min";
              return Math.floor(whole / 86400) + " days";
            }

            function element(name, className, text) {
              const made = document.createElement(name);
              if (className) made.className = className;
              if (text !== undefined) made.textContent = text;
              return made;
            }

            function setText(target, text) {
              if (target.textContent !== text) target.textContent = text;
            }

            // Makes an element's children those given, and moves only what is not in its place.
            function setChildren(parent, children) {
              children.forEach((child, index) => {
                if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] || null);
              });
              while (parent.children.length > children.length) parent.lastElementChild.remove();
            }
            """#
    }
#endif
