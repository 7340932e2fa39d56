#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// An array of C strings as libpq takes it, with a null pointer at its end; freed with the object.
final class CStrings {
    private let storage: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ strings: [String?]) {
        self.count = strings.count
        self.storage = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() {
            let copy = string.flatMap { strdup($0) }
            self.storage.advanced(by: index).initialize(to: copy.map { UnsafePointer($0) })
        }
        self.storage.advanced(by: strings.count).initialize(to: nil)
    }

    /// Good for as long as this object is used; see `withExtendedLifetime`.
    var pointers: UnsafePointer<UnsafePointer<CChar>?> { UnsafePointer(self.storage) }

    deinit {
        for index in 0..<self.count { free(UnsafeMutablePointer(mutating: self.storage[index])) }
        self.storage.deallocate()
    }
}
