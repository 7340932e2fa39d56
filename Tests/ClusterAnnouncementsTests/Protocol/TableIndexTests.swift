import ClusterFormation
import Testing

@testable import ClusterAnnouncements

/// The tables that stand in for dictionaries, against dictionaries.
@Suite struct TableIndexTests {
    @Test(arguments: 0..<10) func aMapByInstanceAgreesWithADictionary(seed: UInt64) {
        var dice = SeededNumbers(seed: seed)
        var map = InstanceMap<Int>(secret: HashSecret(using: &dice))
        var model: [InstanceID: Int] = [:]
        for step in 0..<4_000 {
            let instance = InstanceID.numbered(Int.random(in: 0..<300, using: &dice))
            switch Int.random(in: 0..<100, using: &dice) {
            case 0..<50:
                map.set(instance, to: step)
                model[instance] = step
            case 50..<97:
                #expect(map.remove(instance) == model.removeValue(forKey: instance))
            case 97..<99:
                map.removeAll { $0.isMultiple(of: 7) }
                model = model.filter { !$0.value.isMultiple(of: 7) }
            default:
                guard step.isMultiple(of: 10) else { continue }
                map.removeAll()
                model = [:]
            }
            #expect(map.count == model.count)
            #expect(map[instance] == model[instance])
        }
        for number in 0..<300 { #expect(map[.numbered(number)] == model[.numbered(number)]) }
    }

    @Test(arguments: [1, 64, 65_536], 0..<5) func sessionsAreCountedAsInADictionary(distance: Int32, seed: UInt64) {
        var dice = SeededNumbers(seed: seed)
        var counts = SessionCounts()
        var model: [Int32: Int] = [:]
        for _ in 0..<4_000 {
            let processID = Int32.random(in: 1...300, using: &dice) * distance
            if Bool.random(using: &dice) {
                counts.add(processID)
                model[processID, default: 0] += 1
            } else {
                counts.remove(processID)
                if let count = model[processID] { model[processID] = count > 1 ? count - 1 : nil }
            }
            #expect(counts[processID] == model[processID] ?? 0)
        }
        for number in Int32(1)...300 { #expect(counts[number * distance] == model[number * distance] ?? 0) }
    }

    @Test(arguments: [0, 1, 255, 256, 257, 1_000]) func aChunkedArrayAgreesWithAnArray(count: Int) {
        var chunked = ChunkedArray<String>()
        var model: [String] = []
        for number in 0..<count {
            chunked.append("\(number)")
            model.append("\(number)")
        }
        let before = chunked
        for index in stride(from: 0, to: count, by: 3) {
            chunked[index] += "!"
            model[index] += "!"
        }
        #expect(chunked.count == count)
        #expect((0..<count).map { chunked[$0] } == model)
        #expect(Array(chunked) == model)
        #expect(Array(before) == (0..<count).map { "\($0)" }, "a copy is a value of its own")
    }
}
