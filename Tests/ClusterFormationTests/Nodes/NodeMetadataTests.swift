import ClusterFormation
import Testing

@Suite struct NodeMetadataTests {
    @Test("What is within the limits is fine")
    func fine() {
        var metadata = ["zone": "eu-1a", "empty": "", "größe": "ü"]
        metadata[String(repeating: "k", count: 128)] = String(repeating: "v", count: 1_024)
        for number in 0..<60 { metadata["\(number)"] = "" }
        #expect(NodeMetadata.flaw(in: metadata) == nil)
    }

    @Test("What is beyond them is named")
    func flaws() {
        let pairs = Dictionary(uniqueKeysWithValues: (0...64).map { ("\($0)", "") })
        #expect(NodeMetadata.flaw(in: pairs)?.contains("65 pairs") == true)
        #expect(NodeMetadata.flaw(in: ["": "x"])?.contains("''") == true)
        #expect(NodeMetadata.flaw(in: [String(repeating: "k", count: 129): ""])?.contains("129 bytes") == true)
        #expect(NodeMetadata.flaw(in: ["zone": String(repeating: "v", count: 1_025)])?.contains("'zone'") == true)
    }

    @Test(
        "Nothing that a terminal would act on gets in",
        arguments: ["\n", "\u{0}", "\u{7f}", "\u{9b}", "\u{2028}", "\u{202e}", "\u{200e}", "\u{200f}", "\u{61c}"]
    )
    func controls(text: String) {
        #expect(NodeMetadata.flaw(in: ["zone": text])?.contains("'zone'") == true)
        #expect(NodeMetadata.flaw(in: ["a" + text: ""])?.contains("\\u{") == true)
    }
}
