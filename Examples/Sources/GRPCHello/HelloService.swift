import GRPCCore

/// Answers each call with the server's name; written by hand, where most programs have it from their .proto files.
struct HelloService: RegistrableRPCService {
    static let method = MethodDescriptor(fullyQualifiedService: "hello.Greeter", method: "SayHello")

    let name: String

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        let name = self.name
        router.registerHandler(
            forMethod: Self.method,
            deserializer: TextCodec(),
            serializer: TextCodec()
        ) { _, _ in
            StreamingServerResponse(single: ServerResponse(message: name))
        }
    }
}

/// Text as it is.
struct TextCodec: MessageSerializer, MessageDeserializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: String) throws -> Bytes { Bytes(message.utf8) }

    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> String {
        bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
