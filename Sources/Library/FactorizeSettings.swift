import CollaborativeFiltering
import Matrices

/// Everything that a factorisation is asked for. Stands in its manifest, where later builds find it.
public struct FactorizeSettings: Codable, Equatable, Sendable {
    public var factorization: FactorizationConfiguration
    /// What is chosen for the plays at each factorisation; `factorization` then holds what it came to.
    public var automatic: Set<FactorizationConfiguration.Setting>
    public var baskets: Baskets

    /// - Parameter automatic: by default α and λ follow the plays.
    public init(
        _ factorization: FactorizationConfiguration = .catalogue,
        automatic: Set<FactorizationConfiguration.Setting> = Set(
            FactorizationConfiguration.Setting.allCases),
        baskets: Baskets = .listeners
    ) {
        self.factorization = factorization
        self.automatic = automatic
        self.baskets = baskets
    }

    /// As they are for these plays.
    func resolved(_ plays: SparseMatrix) -> FactorizeSettings {
        var base = factorization
        if automatic.contains(.alpha) { base.alpha = FactorizationConfiguration.catalogue.alpha }
        if automatic.contains(.regularization) {
            base.regularization = FactorizationConfiguration.catalogue.regularization
        }
        var settings = self
        settings.factorization = base.following(plays, automatic)
        return settings
    }

    private enum CodingKeys: String, CodingKey { case baskets, automatic }

    /// Settings from before there were baskets are those of listeners, and nothing of them followed the plays.
    public init(from decoder: any Decoder) throws {
        factorization = try FactorizationConfiguration(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        baskets = try container.decodeIfPresent(Baskets.self, forKey: .baskets) ?? .listeners
        automatic = Set(
            try container.decodeIfPresent(
                [FactorizationConfiguration.Setting].self, forKey: .automatic) ?? [])
    }

    /// Side by side in one object, and left out where they say nothing, so that what was built before stays fresh.
    public func encode(to encoder: any Encoder) throws {
        try factorization.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        if baskets != .listeners { try container.encode(baskets, forKey: .baskets) }
        if !automatic.isEmpty {
            try container.encode(
                automatic.sorted { $0.rawValue < $1.rawValue }, forKey: .automatic)
        }
    }
}
