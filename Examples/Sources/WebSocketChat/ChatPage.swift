/// The page that a browser chats on: one file, which asks nothing of anybody else.
enum ChatPage {
    /// What the page may do: run what is in it, and talk to its own server.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self' ws: wss:; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    static let html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Chat</title>
        <style>
          :root { color-scheme: light dark; --line: light-dark(#d8dce2, #343a44); --faint: light-dark(#5d6674, #98a1b0); }
          * { box-sizing: border-box; }
          body {
            font: 16px/1.5 system-ui, sans-serif; background: light-dark(#fff, #15181d); color: light-dark(#1b1f26, #e8ebf0);
            max-width: 44rem; height: 100dvh; margin: 0 auto; padding: 1rem; display: flex; flex-direction: column;
          }
          header { display: flex; justify-content: space-between; align-items: baseline; }
          h1 { font-size: 1.2rem; margin: 0; }
          #state, time, b { color: var(--faint); font-size: .85rem; font-weight: normal; }
          #state.up { color: light-dark(#19753b, #5fd08a); }
          ol {
            flex: 1; list-style: none; margin: 1rem 0; padding: 0; overflow-y: auto;
            border-block: 1px solid var(--line);
          }
          li { padding: .35rem 0; overflow-wrap: anywhere; }
          b { display: inline-block; min-width: 6rem; padding-right: .75rem; }
          form { display: flex; gap: .5rem; }
          input, button {
            font: inherit; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .4rem;
            background: light-dark(#f6f7f9, #20242b); color: inherit;
          }
          input { flex: 1; min-width: 0; }
        </style>
        <header><h1>Chat at <span id="host"></span></h1><span id="state" role="status">connecting …</span></header>
        <ol id="said" aria-live="polite"></ol>
        <form><input id="text" autocomplete="off" maxlength="300" aria-label="What to say" placeholder="Say something to all nodes"
          autofocus><button>Say</button></form>
        <script>
          const [host, state, said, text] = ["host", "state", "said", "text"].map(id => document.getElementById(id));
          host.textContent = location.host;
          const mostLines = 500;
          let socket;
          function connect() {
            socket = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws");
            socket.onopen = () => show("connected", true);
            socket.onclose = () => { show("this node is gone; trying again …", false); setTimeout(connect, 1000); };
            socket.onmessage = event => {
              const message = JSON.parse(event.data);
              const line = document.createElement("li"), node = document.createElement("b");
              node.textContent = message.node;
              line.append(node, message.text);
              const follows = said.scrollHeight - said.scrollTop - said.clientHeight < 40;
              said.append(line);
              while (said.childElementCount > mostLines) said.firstElementChild.remove();
              if (follows) said.scrollTop = said.scrollHeight;
            };
          }
          function show(words, isUp) {
            state.textContent = words;
            state.classList.toggle("up", isUp);
          }
          document.querySelector("form").onsubmit = event => {
            event.preventDefault();
            if (!text.value || socket.readyState !== WebSocket.OPEN) return;
            socket.send(text.value);
            text.value = "";
          };
          connect();
        </script>
        </html>

        """
}
