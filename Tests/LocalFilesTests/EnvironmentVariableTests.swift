import LocalFiles
import Testing

@Suite struct EnvironmentVariableTests {
    @Test func `A variable is read, and one that is not set or has no proper name is none`() {
        #expect(EnvironmentVariable.value(of: "PATH")?.isEmpty == false)
        #expect(EnvironmentVariable.value(of: "CLUSTER_FORMATION_TESTS_NOT_SET") == nil)
        #expect(EnvironmentVariable.value(of: "") == nil)
        #expect(EnvironmentVariable.value(of: "PATH\0x") == nil)
    }
}
