import Testing

/// What operators read and what the sources count must not drift apart.
@Suite struct MetricNamesTests {
    private let sources: [String: String]
    private let catalog: MetricCatalog

    init() throws {
        self.sources = try RepositoryFiles.texts(under: "Sources", ending: ".swift")
        self.catalog = MetricCatalog(sources: self.sources)
    }

    @Test("The sources' metrics are found, and their names end as Prometheus expects it")
    func suffixes() {
        #expect(self.catalog.unread.isEmpty, "they are made in a way that this test does not read")
        #expect(self.catalog.kinds["cluster_peers_known"] == .gauge)
        #expect(self.catalog.kinds["cluster_sessions_lost_total"] == .counter)
        for (name, kind) in self.catalog.kinds {
            switch kind {
            case .counter: #expect(name.hasSuffix("_total"), "\(name) is a counter")
            case .timer: #expect(name.hasSuffix("_seconds"), "\(name) is a timer")
            case .gauge: #expect(!name.hasSuffix("_total"), "\(name) is a gauge")
            }
            #expect(!name.contains(/_(bucket|sum|count)$/), "\(name) looks like a part of a histogram")
        }
    }

    @Test(
        "Every metric has a row in the documentation and in a comment of the sources, with its kind, and no row has none"
    )
    func tables() throws {
        let pages = try RepositoryFiles.texts(under: "Sources", ending: ".md")
        for texts in [pages, self.sources] {
            let rows = texts.values.flatMap(MetricCatalog.rows)
            #expect(rows.map(\.name).sorted() == self.catalog.kinds.keys.sorted())
            for (name, kind) in rows { #expect(self.catalog.kinds[name]?.rawValue == kind, "\(name)") }
        }
    }

    @Test("What dashboard, rules, documentation and log lines name is a metric of the sources")
    func mentions() throws {
        var texts = try RepositoryFiles.texts(under: "Sources", ending: ".md")
        texts.merge(self.sources) { text, _ in text }
        for path in ["README.md", "CHANGELOG.md", "ARCHITECTURE.md"] { texts[path] = try RepositoryFiles.text(path) }
        texts.merge(try RepositoryFiles.texts(under: "Operations", ending: "")) { text, _ in text }
        for (path, text) in texts {
            let unknown = self.catalog.unknownNames(in: text)
            #expect(unknown.isEmpty, "\(path); what is no metric belongs into MetricCatalog.otherNames")
        }
    }

    @Test("The dashboard shows every metric")
    func dashboard() throws {
        let shown = self.catalog.names(in: try RepositoryFiles.text("Operations/grafana-dashboard.json"))
        #expect(Set(self.catalog.kinds.keys).subtracting(shown).isEmpty)
    }
}
