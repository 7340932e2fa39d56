internal import Foundation
internal import NIOCore

/// Cuts the bytes into lines of bounded length and reads each as a frame.
struct MeshFrameDecoder: NIOSingleStepByteToMessageDecoder {
    /// The longest line, in bytes: no peer can make this process keep more than that of an unfinished frame.
    static let longestFrame = 16 << 10

    func decode(buffer: inout ByteBuffer) throws -> MeshFrame? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            if view.count > Self.longestFrame { throw MeshError.frameTooLong }
            return nil
        }
        guard end - view.startIndex <= Self.longestFrame else { throw MeshError.frameTooLong }
        let line = Data(view[..<end])
        buffer.moveReaderIndex(forwardBy: line.count + 1)
        do {
            return try JSONDecoder().decode(MeshFrame.self, from: line)
        } catch {
            throw MeshError.notAFrame
        }
    }

    func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> MeshFrame? {
        // What the end of the connection has cut off is no frame.
        try self.decode(buffer: &buffer)
    }
}

/// Writes a frame as a line.
struct MeshFrameEncoder: MessageToByteEncoder {
    func encode(data frame: MeshFrame, out: inout ByteBuffer) throws {
        let line = try JSONEncoder().encode(frame)
        guard line.count <= MeshFrameDecoder.longestFrame else { throw MeshError.frameTooLong }
        out.writeBytes(line)
        out.writeInteger(UInt8(ascii: "\n"))
    }
}
