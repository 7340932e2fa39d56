import Testing

@testable import ClusterFormation

@Suite struct LocalNodeFileTests {
    @Test("What is written is read, whatever the name and the metadata are")
    func roundTrip() throws {
        for cluster in ["orders", "Größe / 100 %", "a b"] {
            let node = try peer(1, metadata: ["zone": "eu-1a", "K y": " \u{1F600}=%", "empty": ""])
            let file = LocalNodeFile(cluster: cluster, node: node)
            #expect(LocalNodeFile(decoding: file.encoded) == file)
        }
    }

    @Test("The largest metadata fits")
    func largest() throws {
        let pairs = (0..<NodeMetadata.maximumPairs).map {
            ("\($0)" + String(repeating: "K", count: 126), String(repeating: "Z", count: 1_024))
        }
        let node = try peer(1, metadata: Dictionary(uniqueKeysWithValues: pairs))
        let file = LocalNodeFile(cluster: String(repeating: "C", count: 128), node: node)
        #expect(file.encoded.count <= LocalNodeFile.maximumBytes)
        #expect(LocalNodeFile(decoding: file.encoded) == file)
    }

    @Test("Words of later versions are passed over, another version is not read")
    func versions() throws {
        let file = LocalNodeFile(cluster: "orders", node: try peer(1))
        #expect(LocalNodeFile(decoding: file.encoded + Array("later a b c\n".utf8)) == file)
        let other = String(decoding: file.encoded, as: UTF8.self).replacing("formation 1", with: "formation 2")
        #expect(LocalNodeFile(decoding: Array(other.utf8)) == nil)
    }

    @Test("Garbage and mutations are no crash")
    func garbage() throws {
        let file = LocalNodeFile(cluster: "orders", node: try peer(1, metadata: ["zone": "eu 1"]))
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            var bytes = file.encoded
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator) {
                    bytes[index] = UInt8.random(in: 0...255, using: &generator)
                } else {
                    bytes.remove(at: index)
                }
            }
            if let read = LocalNodeFile(decoding: bytes), NodeMetadata.flaw(in: read.node.metadata) != nil {
                Issue.record("\(read)")
            }
        }
        #expect(LocalNodeFile(decoding: []) == nil)
    }

    @Test("Names of directories are the same on file systems without capitals, and never too long")
    func directoryNames() {
        #expect(LocalDirectory.name(of: "orders-2_x") == "orders-2_x")
        #expect(LocalDirectory.name(of: "Orders") == "%4frders")
        #expect(LocalDirectory.name(of: "../a/.") == "%2e%2e%2fa%2f%2e")
        let long = String(repeating: "Ü", count: 64)
        #expect(LocalDirectory.name(of: long).utf8.count <= 255)
        #expect(LocalDirectory.name(of: long) != LocalDirectory.name(of: long + "x"))
    }

    @Test("Names of files are read as what they are")
    func fileNames() throws {
        let instance = InstanceID(high: 1, low: 2)
        #expect(LocalDirectory.read(LocalDirectory.file(of: instance))?.kind == .file)
        #expect(LocalDirectory.read(LocalDirectory.goodbye(of: instance))?.kind == .goodbye)
        #expect(LocalDirectory.read(LocalDirectory.remains(of: instance))?.kind == .remains)
        #expect(LocalDirectory.read("\(instance).node.new")?.kind == .draft)
        for name in ["", "node", "\(instance)", "\(instance).", "x.node", "\(instance).node.old"] {
            #expect(LocalDirectory.read(name) == nil)
        }
    }
}
