import Foundation
import Testing

/// What promtool does not see of the alert rules.
@Suite struct AlertRulesTests {
    private let rules: String
    private let alerts: [String]

    init() throws {
        self.rules = try RepositoryFiles.text("Operations/prometheus-rules.yaml")
        self.alerts = self.rules.matches(of: /- alert: (\w+)/).map { String($0.1) }
    }

    @Test("Each alert has a test in which it fires, and one in which it does not")
    func tested() throws {
        let tests = try RepositoryFiles.text("Operations/prometheus-rules.test.yaml")
        let cases = tests.components(separatedBy: "alertname: ").dropFirst().map { text in
            let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
            return (alert: String(lines[0]), fires: lines.count > 1 && lines[1].contains("exp_alerts:"))
        }
        #expect(Set(cases.filter(\.fires).map(\.alert)) == Set(self.alerts))
        #expect(Set(cases.filter { !$0.fires }.map(\.alert)) == Set(self.alerts))
    }

    @Test("Each alert says what it is, with a link to a section that exists")
    func annotated() throws {
        #expect(self.alerts.count > 5)
        let bodies = self.rules.split(separator: "- alert: ").dropFirst()
        for body in bodies {
            #expect(body.contains(/\n +summary: ".+"\n +description: ".+"\n +runbook_url: "/), "\(body.prefix(40))")
            #expect(body.contains(/severity: (warning|critical)\n/), "\(body.prefix(40))")
        }
        let links = self.rules.matches(of: /runbook_url: ".+\/documentation\/(\w+)\/(\w+)#([\w-]+)"/)
        #expect(links.count == self.alerts.count)
        let pages = try RepositoryFiles.texts(under: "Sources", ending: ".md")
        for link in links {
            let page = pages.first { path, _ in
                path.lowercased().hasSuffix("/\(link.1).docc/\(link.2).md")
            }
            let title = link.3.replacing("-", with: " ")
            #expect(page?.value.contains("\n## \(title)\n") == true || page?.value.contains("\n### \(title)\n") == true)
        }
        #expect(Set(links.map(\.3)).count == links.count)
    }

    @Test("The reasons that rules ask for are words of the sources")
    func reasons() throws {
        let sources = try RepositoryFiles.texts(under: "Sources", ending: ".swift").values.joined(separator: "\n")
        let reasons = self.rules.matches(of: /reason=~"([a-z_|]+)"/).flatMap { $0.1.split(separator: "|") }
        #expect(reasons.count > 10)
        for reason in reasons {
            #expect(sources.contains("\"\(reason)\"") || sources.contains("case \(reason)\n"), "\(reason)")
        }
    }
}
