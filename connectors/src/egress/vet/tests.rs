//! The tables of what is refused and what passes.

use super::*;

/// Addresses that must never be asked, with the range that they are refused for.
const REFUSED: &[(&str, &str)] = &[
    ("0.0.0.0", "this network"),
    ("0.1.2.3", "this network"),
    ("10.0.0.1", "private network"),
    ("10.255.255.255", "private network"),
    ("100.64.0.1", "carrier network"),
    ("100.127.255.255", "carrier network"),
    ("127.0.0.1", "this machine"),
    ("127.255.255.254", "this machine"),
    ("169.254.0.1", "link-local"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.1", "private network"),
    ("172.31.255.255", "private network"),
    ("192.0.0.1", "protocol assignments"),
    ("192.0.0.255", "protocol assignments"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "6to4 relays"),
    ("192.168.0.1", "private network"),
    ("192.168.255.255", "private network"),
    ("198.18.0.1", "benchmarking"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.7", "documentation"),
    ("203.0.113.9", "documentation"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.255", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("::", "no address"),
    ("::1", "this machine"),
    ("::127.0.0.1", "IPv4 inside IPv6"),
    ("::8.8.8.8", "IPv4 inside IPv6"),
    ("::ffff:127.0.0.1", "IPv4 inside IPv6"),
    ("::ffff:8.8.8.8", "IPv4 inside IPv6"),
    ("::ffff:0:127.0.0.1", "not global unicast"),
    ("64:ff9b::127.0.0.1", "this machine"),
    ("64:ff9b::10.0.0.1", "private network"),
    ("64:ff9b::169.254.169.254", "link-local"),
    ("64:ff9b:0:1::8.8.8.8", "not global unicast"),
    ("64:ff9b:1::127.0.0.1", "local NAT64"),
    ("64:ff9b:1::8.8.8.8", "local NAT64"),
    ("100::1", "not global unicast"),
    ("2001::1", "Teredo"),
    ("2001:0:4136:e378:8000:63bf:80ff:fffe", "Teredo"),
    ("2001:2::1", "protocol assignments"),
    ("2001:10::1", "protocol assignments"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::1", "6to4"),
    ("2002:808:808::1", "6to4"),
    ("2606:4700::5efe:7f00:1", "ISATAP"),
    ("2606:4700::200:5efe:a00:1", "ISATAP"),
    ("3fff::1", "documentation"),
    ("4000::1", "not global unicast"),
    ("5f00::1", "not global unicast"),
    ("fc00::1", "private network"),
    ("fd12:3456::1", "private network"),
    ("fe80::1", "link-local"),
    ("fec0::1", "not global unicast"),
    ("ff02::1", "multicast"),
];

/// Public addresses, most of them just outside a special range.
const PUBLIC: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "64:ff9b::8.8.8.8",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
];

#[test]
fn an_address_that_is_not_global_unicast_is_refused_with_its_range() {
    for (text, expected) in REFUSED {
        let ip: IpAddr = text.parse().unwrap();
        match address(ip) {
            Err(Refused::Address { range, .. }) => assert_eq!(range, *expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_public_address_passes() {
    for text in PUBLIC {
        assert_eq!(address(text.parse().unwrap()), Ok(()), "{text}");
    }
}

#[test]
fn every_address_of_the_table_is_refused_as_a_url_too() {
    for (text, _) in REFUSED {
        let ip: IpAddr = text.parse().unwrap();
        let host = match ip {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        };
        let refused = url(&format!("https://{host}/feed"), &Policy::default()).unwrap_err();
        assert!(
            matches!(refused, Refused::Address { .. }),
            "{text}: {refused}"
        );
    }
}

#[test]
fn odd_spellings_of_this_machine_are_refused() {
    for text in [
        "http://0177.1/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://017700000001/",
        "http://127.1/",
        "http://127.0.0.1./",
        "http://0/",
        "http://[::ffff:7f00:1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://localhost/",
        "http://localhost./",
        "http://LOCALHOST/",
        "http://feeds.localhost/",
        "http://127\u{ff0e}0\u{ff0e}0\u{ff0e}1/",
        "http://127\u{3002}0\u{3002}0\u{3002}1/",
        "http://\u{ff11}27.0.0.1/",
        "http://\u{2460}27.0.0.1/",
        "http://%31%32%37.0.0.1/",
        "http://127.0.0.1#@good.example/",
        "http://127.0.0.1?@good.example/",
        "http://127.0.0.1\\@good.example/",
        "http:\\\\127.0.0.1/",
        "http:/127.0.0.1/",
        "http:127.0.0.1/",
        "  http://127.0.0.1/  ",
    ] {
        let refused = url(text, &Policy::default()).unwrap_err();
        let by_address = matches!(refused, Refused::Address { .. } | Refused::Host { .. });
        assert!(by_address, "{text}: {refused}");
    }
}

#[test]
fn what_is_no_plain_web_address_is_refused_by_name() {
    let malformed = [
        "",
        "example.org/feed",
        "http://",
        "http://exa\tmple.org/",
        "http://exam\nple.org/",
        "http://[localhost]/",
        "http://[127.0.0.1]/",
        "http://127.0.0.256/",
        "http://a b/",
        "http://host:99999/",
    ];
    for text in malformed {
        let refused = url(text, &Policy::default()).unwrap_err();
        assert!(
            matches!(refused, Refused::Malformed(_)),
            "{text}: {refused}"
        );
    }
    for text in [
        "file:///etc/passwd",
        "gopher://host/",
        "data:,x",
        "javascript:1",
        "ftp://a/",
    ] {
        let refused = url(text, &Policy::default()).unwrap_err();
        assert!(matches!(refused, Refused::Scheme(_)), "{text}: {refused}");
    }
    for text in [
        "http://good@127.0.0.1/",
        "https://me:secret@example.org/",
        "http://:p@a.org/",
    ] {
        let refused = url(text, &Policy::default()).unwrap_err();
        assert_eq!(refused, Refused::Userinfo, "{text}");
        assert!(!refused.to_string().contains("secret@"), "{text}");
    }
    let long = format!("https://example.org/{}", "a".repeat(9000));
    assert!(matches!(
        url(&long, &Policy::default()),
        Err(Refused::Malformed(_))
    ));
}

#[test]
fn ports_are_the_configured_ones() {
    let mut policy = Policy::default();
    assert!(url("https://example.org/feed", &policy).is_ok());
    assert!(url("http://example.org:443/feed", &policy).is_ok());
    assert_eq!(
        url("http://example.org:22/", &policy),
        Err(Refused::Port(22))
    );
    assert_eq!(url("http://example.org:0/", &policy), Err(Refused::Port(0)));
    assert_eq!(
        url("http://example.org:8443/", &policy),
        Err(Refused::Port(8443))
    );
    policy.ports.insert(8443);
    assert!(url("http://example.org:8443/", &policy).is_ok());
}

#[test]
fn plain_http_can_be_switched_off() {
    let policy = Policy {
        plain_http: false,
        ..Policy::default()
    };
    assert!(matches!(
        url("http://example.org/", &policy),
        Err(Refused::Scheme(_))
    ));
    assert!(url("https://example.org/", &policy).is_ok());
}

#[test]
fn a_listed_origin_passes_and_only_it() {
    let mut policy = Policy::default();
    policy.origins.insert("127.0.0.1:8090".parse().unwrap());
    assert!(url("http://127.0.0.1:8090/feed.xml", &policy).is_ok());
    assert!(
        url("http://2130706433:8090/feed.xml", &policy).is_ok(),
        "the same place"
    );
    for text in [
        "http://127.0.0.1:8091/",
        "http://127.0.0.1/",
        "http://127.0.0.2:8090/",
        "http://localhost:8090/",
        "http://me@127.0.0.1:8090/",
        "file://127.0.0.1:8090/",
    ] {
        assert!(url(text, &policy).is_err(), "{text}");
    }
}

#[test]
fn a_good_address_is_taken_without_its_fragment_and_in_one_spelling() {
    let vetted = url(
        " HTTPS://Exämple.org:443/a b?q=1#part\n",
        &Policy::default(),
    )
    .unwrap();
    assert_eq!(vetted.as_str(), "https://xn--exmple-cua.org/a%20b?q=1");
}

#[test]
fn what_the_standard_library_calls_special_is_never_public() {
    // A Weyl sequence walks the whole space evenly.
    let step = 0x9e37_79b9_u32;
    for n in 0..2_000_000_u32 {
        let v4 = std::net::Ipv4Addr::from_bits(n.wrapping_mul(step));
        let special = v4.is_private()
            || v4.is_loopback()
            || v4.is_link_local()
            || v4.is_documentation()
            || v4.is_multicast()
            || v4.is_unspecified()
            || v4.octets()[0] >= 240;
        assert!(!special || address(v4.into()).is_err(), "{v4}");
        for v6 in [v4.to_ipv6_mapped(), v4.to_ipv6_compatible()] {
            assert!(address(v6.into()).is_err(), "{v6}");
        }
        let high = u128::from(v4.to_bits()) << 96 | u128::from(n);
        let v6 = std::net::Ipv6Addr::from_bits(high);
        let special = v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_multicast();
        assert!(!special || address(v6.into()).is_err(), "{v6}");
    }
}
