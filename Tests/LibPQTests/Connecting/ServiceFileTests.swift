import Testing

@testable import LibPQ

struct ServiceFileTests {
    private let text = """
        # services
        [other]
        target_session_attrs=standby

          [mine]
        host = db1,db2
        target_session_attrs=any
        # port=1
        [mine]
        port=2
        """

    @Test func `The first entry of a name counts, up to the next one`() {
        #expect(ServiceFile.settings(of: "mine", in: self.text) == ["host": " db1,db2", "target_session_attrs": "any"])
        #expect(ServiceFile.settings(of: "other", in: self.text) == ["target_session_attrs": "standby"])
        #expect(ServiceFile.settings(of: "min", in: self.text) == nil)
        #expect(ServiceFile.settings(of: "nobody's", in: self.text) == nil)
    }
}
