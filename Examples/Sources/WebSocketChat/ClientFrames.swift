internal import NIOCore
internal import NIOWebSocket

/// What a client's frames mean, one after the other.
///
/// Pure: frames in, events out.
struct ClientFrames {
    enum Event: Equatable {
        case nothing
        /// A whole text, of one frame or of several.
        case text(String)
        /// The client wants to know whether this node is there.
        case ping(ByteBuffer)
        /// The client goes.
        case closed
    }

    /// What no client may send, and what it is told as its connection is closed.
    enum Violation: Error, Equatable {
        case unmasked
        case reserved
        case outOfTurn
        case binary
        case tooLong
        case notUTF8

        var code: WebSocketErrorCode {
            switch self {
            case .unmasked, .reserved, .outOfTurn: .protocolError
            case .binary: .unacceptableData
            case .tooLong: .messageTooLarge
            case .notUTF8: .dataInconsistentWithMessage
            }
        }
    }

    private let longestText: Int
    /// What has come of a text that has more than one frame.
    private var beginning: ByteBuffer?

    init(longestText: Int) {
        self.longestText = longestText
    }

    mutating func take(_ frame: WebSocketFrame) throws(Violation) -> Event {
        guard frame.maskKey != nil else { throw .unmasked }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { throw .reserved }
        switch frame.opcode {
        case .text:
            guard self.beginning == nil else { throw .outOfTurn }
            return try self.add(frame.unmaskedData, isLast: frame.fin)
        case .continuation:
            guard self.beginning != nil else { throw .outOfTurn }
            return try self.add(frame.unmaskedData, isLast: frame.fin)
        case .binary: throw .binary
        case .ping: return .ping(frame.unmaskedData)
        // That it has come is all there is to it.
        case .pong: return .nothing
        case .connectionClose: return .closed
        // Numbers that have no meaning yet.
        default: throw .reserved
        }
    }

    private mutating func add(_ part: ByteBuffer, isLast: Bool) throws(Violation) -> Event {
        var whole = self.beginning ?? ByteBuffer()
        guard whole.readableBytes + part.readableBytes <= self.longestText else { throw .tooLong }
        whole.writeImmutableBuffer(part)
        guard isLast else {
            self.beginning = whole
            return .nothing
        }
        self.beginning = nil
        guard let text = String(validating: whole.readableBytesView, as: UTF8.self) else { throw .notUTF8 }
        return text.isEmpty ? .nothing : .text(text)
    }
}
