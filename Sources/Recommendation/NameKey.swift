/// Names as numbers, so that millions of them are compared without being kept.
public enum NameKey {
    /// 64 bits of a text (FNV-1a, its bits then mixed as in MurmurHash3), the same on every machine. Of a million different names two
    /// share a number with a probability of 3 in 10⁸. Never 0.
    public static func of(_ text: some StringProtocol) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash &>> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash &>> 33) &* 0xc4ce_b9fe_1a85_ec53
        return max(1, hash ^ hash &>> 33)
    }
}
