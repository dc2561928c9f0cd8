//! Bytes as servers send them, and what is made of them.

use super::*;

const ARABIC: &str = "<?xml version=\"1.0\"?><rss>سلام</rss>";

fn utf_16(text: &str, big_endian: bool, bom: bool) -> Vec<u8> {
    let bom = bom.then_some(0xfeff_u16);
    let bytes = |unit: u16| match big_endian {
        true => unit.to_be_bytes(),
        false => unit.to_le_bytes(),
    };
    let units = bom.into_iter().chain(text.encode_utf16());
    units.flat_map(bytes).collect()
}

fn utf_32(text: &str, big_endian: bool, bom: bool) -> Vec<u8> {
    let bom = bom.then_some('\u{feff}');
    let bytes = |c: char| match big_endian {
        true => u32::from(c).to_be_bytes(),
        false => u32::from(c).to_le_bytes(),
    };
    bom.into_iter()
        .chain(text.chars())
        .flat_map(bytes)
        .collect()
}

#[test]
fn wide_encodings_are_found_with_and_without_a_byte_order_mark() {
    for big_endian in [true, false] {
        for bom in [true, false] {
            for bytes in [
                utf_16(ARABIC, big_endian, bom),
                utf_32(ARABIC, big_endian, bom),
            ] {
                let (text, encoding, _) = decode(&bytes, Some("text/xml; charset=iso-8859-1"));
                assert_eq!(text, ARABIC, "{encoding} {big_endian} {bom}");
            }
        }
    }
}

#[test]
fn http_is_trusted_before_the_prolog_and_the_prolog_before_utf_8() {
    let koi = b"<?xml version='1.0' encoding='koi8-r'?><a>\xc1</a>";
    let arabic = b"<?xml encoding = \"Windows-1256\"?><a>\xc7</a>";
    let none = b"<a>\xc7</a>";
    for (bytes, content_type, encoding, expected) in [
        (&koi[..], None, "KOI8-R", 'а'),
        (
            koi,
            Some("text/xml; charset=windows-1251"),
            "windows-1251",
            'Б',
        ),
        (koi, Some("text/xml; charset=nonsense"), "KOI8-R", 'а'),
        (koi, Some("text/xml"), "KOI8-R", 'а'),
        (arabic, None, "windows-1256", 'ا'),
        (
            arabic,
            Some("text/xml; Charset=\"ISO-8859-6\""),
            "ISO-8859-6",
            'ا',
        ),
        (none, None, "windows-1252", 'Ç'),
        (none, Some("text/xml; charset=utf-16"), "windows-1252", 'Ç'),
        (
            none,
            Some("text/xml; charset=iso-8859-1"),
            "windows-1252",
            'Ç',
        ),
    ] {
        let (text, used, _) = decode(bytes, content_type);
        assert_eq!(used, encoding, "{content_type:?}");
        assert!(text.contains(expected), "{text} {content_type:?}");
    }
}

#[test]
fn a_byte_order_mark_is_believed_first_and_removed() {
    let bytes = [b"\xef\xbb\xbf", ARABIC.as_bytes()].concat();
    let (text, encoding, _) = decode(&bytes, Some("text/xml; charset=windows-1251"));
    assert_eq!((text.as_ref(), encoding), (ARABIC, "UTF-8"));
}

#[test]
fn utf_8_that_a_server_calls_latin_1_is_utf_8() {
    for charset in ["us-ascii", "iso-8859-1", "windows-1252"] {
        let content_type = format!("text/xml; charset={charset}");
        let (text, _, _) = decode(ARABIC.as_bytes(), Some(&content_type));
        assert_eq!(text, ARABIC, "{charset}");
    }
}

#[test]
fn what_cannot_be_decoded_is_replaced_and_the_rest_stays() {
    let bytes = "<a>فصل café".as_bytes();
    let bytes = [bytes, b"\xff ok</a>"].concat();
    let (text, _, noted) = decode(&bytes, None);
    assert_eq!(text, "<a>فصل café\u{fffd} ok</a>");
    assert_eq!(noted.codes(), ["bytes_replaced"]);
}

#[test]
fn what_nobody_names_is_found_by_looking() {
    for (encoding, text) in [
        (
            encoding_rs::WINDOWS_1256,
            "مجلة الصوت، حلقة جديدة عن تاريخ الموسيقى في بغداد",
        ),
        (
            encoding_rs::WINDOWS_1251,
            "Новый выпуск о музыке и истории города на берегу моря",
        ),
        (
            WINDOWS_1252,
            "Été à la mer: une émission où l'on écoute la forêt",
        ),
    ] {
        for prolog in [
            "",
            "<?xml version='1.0' encoding='UTF-8'?>",
            "<?xml encoding='martian'?>",
        ] {
            let bytes = [prolog.as_bytes(), &encoding.encode(text).0].concat();
            let (read, used, noted) = decode(&bytes, Some("text/xml; charset=utf-8"));
            assert_eq!(
                (used, read.as_ref()),
                (encoding.name(), &*format!("{prolog}{text}"))
            );
            let mut expected = vec!["charset_fallback", "charset_wrong"];
            expected.extend((!prolog.is_empty()).then_some("prolog_wrong"));
            assert_eq!(noted.codes(), expected);
        }
    }
}

#[test]
fn signs_that_the_bytes_disprove_are_noted() {
    let prolog = |name| format!("<?xml version='1.0' encoding='{name}'?>{ARABIC}");
    for (text, content_type, expected) in [
        (prolog("utf-8"), "text/xml", &[][..]),
        (prolog("utf-8"), "text/xml; charset=UTF-8", &[]),
        (prolog("windows-1256"), "text/xml", &["prolog_wrong"]),
        (prolog("utf-16"), "text/xml", &["prolog_wrong"]),
        (prolog("martian"), "text/xml", &["prolog_wrong"]),
        (
            prolog("us-ascii"),
            "text/xml; charset=koi8-r",
            &["charset_wrong", "prolog_wrong"],
        ),
    ] {
        let (read, used, noted) = decode(text.as_bytes(), Some(content_type));
        assert_eq!((used, read.as_ref()), ("UTF-8", text.as_str()));
        assert_eq!(noted.codes(), expected, "{text}");
    }
    let ascii = "<?xml version='1.0' encoding='iso-8859-1'?><rss/>";
    let (_, _, noted) = decode(ascii.as_bytes(), Some("text/xml; charset=utf-8"));
    assert!(noted.codes().is_empty(), "of ASCII all of it is true");
}
