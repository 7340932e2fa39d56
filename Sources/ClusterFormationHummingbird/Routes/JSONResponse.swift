#if Hummingbird
    internal import HTTPTypes
    internal import Hummingbird

    #if canImport(FoundationEssentials)
        internal import FoundationEssentials
    #else
        internal import Foundation
    #endif

    /// Answers in JSON, which nobody may keep: each is of the moment in which it was asked for.
    enum JSONResponse {
        static func make(
            _ value: some Encodable,
            status: HTTPResponse.Status = .ok,
            headers: HTTPFields = [:]
        ) throws -> Response {
            var headers = headers
            headers[.contentType] = "application/json; charset=utf-8"
            headers[.cacheControl] = "no-store"
            headers[.xContentTypeOptions] = "nosniff"
            let body = ByteBuffer(bytes: try self.bytes(of: value))
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
        }

        /// On one line: a line of its own is what a server-sent event ends with.
        static func bytes(of value: some Encodable) throws -> [UInt8] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try Array(encoder.encode(value))
        }
    }
#endif
