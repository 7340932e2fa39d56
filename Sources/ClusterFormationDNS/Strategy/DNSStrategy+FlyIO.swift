internal import ClusterFormation
internal import LocalFiles

extension DNSStrategy {
    /// The started machines of an app on Fly.io.
    ///
    /// It looks up `<app>.internal`, `<process group>.process.<app>.internal` or `<region>.<app>.internal`. These names have
    /// IPv6 addresses only: announce the local node at the one in `FLY_PRIVATE_IP`.
    ///
    /// - Parameters:
    ///   - app: The app's name; nil for this machine's own, from `FLY_APP_NAME`.
    ///   - processGroup: One process group's machines only.
    ///   - region: One region's machines only, such as `ams`; Fly.io has no name for a process group in a region.
    ///   - port: Every peer's port; nil for the local node's own.
    ///   - configuration: Everything else.
    /// - Returns: The strategy.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public static func flyIO(
        app: String? = nil,
        processGroup: String? = nil,
        region: String? = nil,
        port: Int? = nil,
        configuration: DNSConfiguration = .init()
    ) throws -> DNSStrategy {
        let name = try self.flyIOName(
            app: app,
            processGroup: processGroup,
            region: region,
            variable: EnvironmentVariable.value
        )
        var configuration = configuration
        configuration.families = .ipv6
        return try DNSStrategy(names: [name], port: port, configuration: configuration)
    }

    static func flyIOName(
        app: String?,
        processGroup: String?,
        region: String?,
        variable: (String) -> String?
    ) throws -> DomainName {
        guard let app = app ?? variable("FLY_APP_NAME"), !app.isEmpty else {
            throw DomainName.invalid("FLY_APP_NAME is not set, as it is on Fly.io's machines; give the app's name.")
        }
        var parts = [try DomainName.label(app), "internal"]
        switch (processGroup, region) {
        case (let group?, nil): parts = [try DomainName.label(group), "process"] + parts
        case (nil, let region?): parts.insert(try DomainName.label(region), at: 0)
        case (nil, nil): break
        case (.some, .some):
            throw DomainName.invalid(
                "Fly.io has no name for a process group in a region; give one of both, or use two strategies."
            )
        }
        return try DomainName(parts, isAbsolute: true)
    }
}
