#if Hummingbird
    extension LivePage {
        static let head = #"""
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Cluster</title>
            <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M8 3 3 12h10z' fill='none' stroke='%232da44e' stroke-width='1.5'/%3E%3Cg fill='%232da44e'%3E%3Ccircle cx='8' cy='3' r='2.5'/%3E%3Ccircle cx='3' cy='12' r='2.5'/%3E%3Ccircle cx='13' cy='12' r='2.5'/%3E%3C/g%3E%3C/svg%3E">
            """#

        static let markup = #"""
            <header>
              <div>
                <h1 id="name">Cluster</h1>
                <p class="quiet" id="local"></p>
              </div>
              <p class="pill wait" id="connection" role="status">connecting</p>
            </header>
            <noscript><p class="verdict bad">This page needs JavaScript. The status as JSON is below it, at /status.</p></noscript>
            <section class="verdict idle" id="verdict" role="status" hidden>
              <strong id="verdict-title"></strong>
              <span id="verdict-more"></span>
            </section>
            <main>
              <div>
                <section aria-labelledby="strategies-title">
                  <h2 id="strategies-title">How peers are found</h2>
                  <ul id="strategies"></ul>
                </section>
                <section aria-labelledby="peers-title">
                  <div class="line">
                    <h2 id="peers-title">Peers</h2>
                    <input id="filter" type="search" aria-label="Filter peers" autocomplete="off" spellcheck="false"
                      placeholder="Filter: address, instance, zone, error …">
                  </div>
                  <div class="share" id="share" aria-hidden="true"></div>
                  <div class="chips" id="chips" role="group" aria-label="Show only peers in a state"></div>
                  <table id="peers-table">
                    <thead>
                      <tr><th scope="col">Link</th><th scope="col">Peer</th><th scope="col">Found by</th>
                        <th scope="col">Metadata</th></tr>
                    </thead>
                    <tbody id="peers"></tbody>
                  </table>
                  <p class="quiet" id="no-peers" hidden></p>
                  <button id="more" type="button" hidden></button>
                </section>
              </div>
              <section aria-labelledby="events-title">
                <h2 id="events-title">What happens</h2>
                <p class="quiet" id="no-events">Nothing yet, since this page was opened.</p>
                <ol id="events"></ol>
              </section>
            </main>
            """#
    }
#endif
