#if Hummingbird
    extension LivePage {
        static let style = #"""
            :root {
              color-scheme: light dark;
              --ground: #f6f7f9; --card: #ffffff; --text: #1c2128; --quiet: #59636e; --rule: #d8dee4;
              --good: #1a7f37; --wait: #8a6100; --bad: #c4222e; --idle: #6e7781;
              --good-tint: #dafbe1; --wait-tint: #fff5d1; --bad-tint: #ffebe9; --idle-tint: #eaeef2;
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --ground: #0d1117; --card: #161b22; --text: #e6edf3; --quiet: #9198a1; --rule: #2d333b;
                --good: #4ac26b; --wait: #d9a62e; --bad: #ff7b72; --idle: #8b949e;
                --good-tint: #12261c; --wait-tint: #2b2411; --bad-tint: #33191b; --idle-tint: #21262d;
              }
            }
            * { box-sizing: border-box; }
            [hidden] { display: none !important; }
            body {
              margin: 0 auto; padding: 24px; max-width: 1360px; background: var(--ground); color: var(--text);
              font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
            }
            h1, h2, p, ul, ol { margin: 0; padding: 0; }
            h1 { font-size: 22px; line-height: 1.25; overflow-wrap: anywhere; }
            h2 { font-size: 15px; }
            ul, ol { list-style: none; }
            .quiet { color: var(--quiet); }
            .good { --tone: var(--good); --tint: var(--good-tint); }
            .wait { --tone: var(--wait); --tint: var(--wait-tint); }
            .bad { --tone: var(--bad); --tint: var(--bad-tint); }
            .idle { --tone: var(--idle); --tint: var(--idle-tint); }
            header, .line { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; }
            header > div { min-width: 0; }
            .pill { padding: 3px 12px; border-radius: 99px; background: var(--tint); color: var(--tone); font-weight: 600; }
            .verdict {
              margin-top: 16px; padding: 12px 16px; border-left: 4px solid var(--tone); border-radius: 6px;
              background: var(--tint); overflow-wrap: anywhere;
            }
            .verdict strong { margin-right: 6px; font-size: 16px; }
            main { display: grid; grid-template-columns: minmax(0, 1fr) 380px; gap: 16px; align-items: start; margin-top: 16px; }
            main > div { display: grid; gap: 16px; min-width: 0; }
            main section { padding: 16px; border: 1px solid var(--rule); border-radius: 8px; background: var(--card); min-width: 0; }
            .state { display: inline-flex; gap: 8px; align-items: baseline; color: var(--tone); font-weight: 600; white-space: nowrap; }
            .state::before { content: ""; width: 9px; height: 9px; border-radius: 50%; background: var(--tone); }
            .note { display: block; color: var(--quiet); overflow-wrap: anywhere; }
            #strategies li {
              display: grid; grid-template-columns: 118px minmax(0, 1fr); gap: 0 12px; margin-top: 10px; overflow-wrap: anywhere;
            }
            .share { display: flex; gap: 2px; height: 10px; margin: 14px 0 12px; border-radius: 5px; overflow: hidden; }
            .share span { min-width: 4px; background: var(--tone); }
            .chips { display: flex; flex-wrap: wrap; gap: 6px; }
            button, input { font: inherit; color: inherit; border: 1px solid var(--rule); border-radius: 6px; background: var(--card); }
            button { padding: 2px 10px; cursor: pointer; }
            button[aria-pressed="true"] { border-color: var(--tone, var(--text)); box-shadow: inset 0 0 0 1px var(--tone, var(--text)); }
            .chips button { color: var(--tone, var(--text)); }
            .chips b { margin-left: 4px; }
            input { width: min(320px, 100%); padding: 5px 10px; }
            :focus-visible { outline: 2px solid var(--good); outline-offset: 1px; }
            table { width: 100%; margin-top: 12px; border-collapse: collapse; table-layout: fixed; }
            th { padding: 4px 12px 4px 0; color: var(--quiet); font-weight: 500; text-align: left; }
            th:nth-child(1) { width: 172px; } th:nth-child(3) { width: 130px; } th:nth-child(4) { width: 26%; }
            td { padding: 7px 12px 7px 0; border-top: 1px solid var(--rule); vertical-align: top; overflow-wrap: anywhere; }
            .address { font-weight: 600; font-variant-numeric: tabular-nums; }
            .instance { margin-left: 8px; color: var(--quiet); font: 12px ui-monospace, Menlo, Consolas, monospace; }
            .error { display: block; color: var(--bad); }
            .clamp { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
            #more, #no-peers { margin-top: 12px; }
            #events li { display: grid; grid-template-columns: 64px minmax(0, 1fr); gap: 8px; padding: 6px 0; border-top: 1px solid var(--rule); }
            #events li:first-child { border-top: 0; }
            #events { margin-top: 8px; max-height: max(320px, calc(100vh - 220px)); overflow-y: auto; }
            #no-events { margin-top: 8px; }
            #events time { color: var(--quiet); font-variant-numeric: tabular-nums; }
            #events div { padding-left: 8px; border-left: 3px solid var(--tone); overflow-wrap: anywhere; }
            .stale main, .stale .verdict { opacity: .55; }
            @media (max-width: 1080px) { main { grid-template-columns: minmax(0, 1fr); } #events { max-height: 420px; } }
            @media (max-width: 680px) {
              body { padding: 16px; }
              thead { display: none; }
              table, tbody, td { display: block; }
              tr { display: block; padding: 8px 0; border-top: 1px solid var(--rule); }
              td { padding: 2px 0; border: 0; }
              td:empty { display: none; }
            }
            """#
    }
#endif
