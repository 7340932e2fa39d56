import ClusterFormation
import StrategyChoice
import Testing

@Suite struct StrategyChoiceTests {
    @Test(arguments: [
        ("local:", "local"), ("local:/run/mesh", "local"), ("postgres://app@db/app", "postgres"),
        ("postgresql://app@db/app", "postgres"), ("table:postgres://app@db/app", "postgres_table"),
        ("dns:app.internal:7337", "dns"), ("srv:_mesh._tcp.app.internal", "dns"), ("file:/etc/peers", "file"),
        ("static:a:1,b:2", "static"), ("multicast:", "multicast"),
    ])
    func names(text: String, name: String) throws {
        #expect(try StrategyChoice.strategy(text).name == name)
    }

    @Test(arguments: ["", "local", "ftp:x", "dns:app.internal", "static:a", "local:relative", "multicast:x"])
    func isRefused(text: String) {
        #expect(throws: (any Error).self) { _ = try StrategyChoice.strategy(text) }
    }
}
