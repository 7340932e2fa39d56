#if CommandLine
    internal import CommandLineTool
#else
    internal import Foundation
#endif

@main
struct Main {
    static func main() async {
        #if CommandLine
            await Tool.main()
        #else
            let message = "error: built without its trait; use: swift run --traits CommandLine cluster-formation\n"
            try? FileHandle.standardError.write(contentsOf: Data(message.utf8))
            exit(64)
        #endif
    }
}
