/// An array that grows by one chunk at a time and never moves what it holds.
///
/// A node of a large cluster keeps a megabyte of peers. An array that doubles would copy all of them each time, and
/// leave behind as much memory again as it ends up with.
struct ChunkedArray<Element: Sendable>: Sendable {
    private static var chunkLength: Int { 1 << Self.chunkBits }
    private static var chunkBits: Int { 8 }

    /// All but the last are full; the first grows as any array does, for small clusters.
    private var chunks: [ContiguousArray<Element>] = []
    private(set) var count = 0

    @inline(__always)
    subscript(index: Int) -> Element {
        get { self.chunks[index >> Self.chunkBits][index & (Self.chunkLength - 1)] }
        _modify { yield &self.chunks[index >> Self.chunkBits][index & (Self.chunkLength - 1)] }
    }

    mutating func append(_ element: Element) {
        if self.count & (Self.chunkLength - 1) == 0 {
            var chunk = ContiguousArray<Element>()
            if !self.chunks.isEmpty { chunk.reserveCapacity(Self.chunkLength) }
            self.chunks.append(chunk)
        }
        self.chunks[self.chunks.count - 1].append(element)
        self.count += 1
    }
}

extension ChunkedArray: Sequence {
    func makeIterator() -> some IteratorProtocol<Element> { self.chunks.joined().makeIterator() }
}
