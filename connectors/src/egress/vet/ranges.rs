//! The address ranges that are not global unicast, as the IANA special-purpose registries have them.

use std::net::{Ipv4Addr, Ipv6Addr};

/// IPv4 ranges that are not global unicast: first address, prefix length, name.
const SPECIAL_V4: &[(Ipv4Addr, u32, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this network"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private network"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "carrier network"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "this machine"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private network"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "protocol assignments"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relays"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private network"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

/// The name of the special range that an IPv4 address lies in.
pub(super) fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    SPECIAL_V4
        .iter()
        .find(|(first, bits, _)| (address.to_bits() ^ first.to_bits()) >> (32 - bits) == 0)
        .map(|(_, _, name)| *name)
}

/// IPv6 ranges that are not global unicast, or that carry an IPv4 address for a gateway: first
/// address, prefix length, name. What no row names must still lie in 2000::/3.
const SPECIAL_V6: &[(Ipv6Addr, u32, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "no address"),
    (Ipv6Addr::LOCALHOST, 128, "this machine"),
    (Ipv6Addr::UNSPECIFIED, 96, "IPv4 inside IPv6"),
    (v6(0, 0, 0, 0, 0, 0xffff), 96, "IPv4 inside IPv6"),
    (v6(0x64, 0xff9b, 1, 0, 0, 0), 48, "local NAT64"),
    (v6(0x2001, 0, 0, 0, 0, 0), 32, "Teredo"),
    (v6(0x2001, 0, 0, 0, 0, 0), 23, "protocol assignments"),
    (v6(0x2001, 0xdb8, 0, 0, 0, 0), 32, "documentation"),
    (v6(0x2002, 0, 0, 0, 0, 0), 16, "6to4"),
    (v6(0x3fff, 0, 0, 0, 0, 0), 20, "documentation"),
    (v6(0xfc00, 0, 0, 0, 0, 0), 7, "private network"),
    (v6(0xfe80, 0, 0, 0, 0, 0), 10, "link-local"),
    (v6(0xff00, 0, 0, 0, 0, 0), 8, "multicast"),
];

const fn v6(a: u16, b: u16, c: u16, d: u16, e: u16, f: u16) -> Ipv6Addr {
    Ipv6Addr::new(a, b, c, d, e, f, 0, 0)
}

/// The name of the special range that an IPv6 address lies in.
pub(super) fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    let within =
        |first: Ipv6Addr, bits: u32| (address.to_bits() ^ first.to_bits()).leading_zeros() >= bits;
    if let Some((_, _, name)) = SPECIAL_V6.iter().find(|row| within(row.0, row.1)) {
        return Some(name);
    }
    let s = address.segments();
    // The well-known NAT64 prefix is how IPv6-only machines reach public IPv4 hosts (RFC 6052):
    // it is as public as the address inside.
    if within(v6(0x64, 0xff9b, 0, 0, 0, 0), 96) {
        let [a, b] = s[6].to_be_bytes();
        let [c, d] = s[7].to_be_bytes();
        return special_v4(Ipv4Addr::new(a, b, c, d));
    }
    // ISATAP: the interface identifier names an IPv4 host behind any prefix (RFC 5214).
    if s[4] & 0xfdff == 0 && s[5] == 0x5efe {
        return Some("ISATAP");
    }
    (!within(v6(0x2000, 0, 0, 0, 0, 0), 3)).then_some("not global unicast")
}
