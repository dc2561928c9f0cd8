//! Languages by name and by their three-letter codes.

/// The two-letter code of an ISO 639-2 or 639-3 code, both the bibliographic and the terminological.
pub(super) fn two_letters(code: &str) -> Option<&'static str> {
    let at = CODES
        .binary_search_by(|(known, _)| (*known).cmp(code))
        .ok()?;
    Some(CODES[at].1)
}

/// The tag of a language by its folded name in English, in Arabic or in the language itself.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix(" language").unwrap_or(name).trim();
    let name = name.strip_prefix("اللغه ").unwrap_or(name);
    let (_, tag) = NAMES
        .iter()
        .find(|(names, _)| names.split('|').any(|known| known == name))?;
    Some(tag)
}

#[rustfmt::skip]
const NAMES: [(&str, &str); 46] = [
    ("english|الانجليزيه|الانكليزيه|انجليزي|انجليزيه", "en"),
    ("arabic|العربيه|عربي|عربيه", "ar"),
    ("modern standard arabic|الفصحي|العربيه الفصحي", "ar"),
    ("egyptian arabic|egyptian|المصريه", "ar-EG"),
    ("french|francais|الفرنسيه|فرنسي", "fr"),
    ("german|deutsch|الالمانيه|الماني", "de"),
    ("spanish|espanol|castellano|الاسبانيه|اسباني", "es"),
    ("italian|italiano|الايطاليه", "it"),
    ("portuguese|portugues|البرتغاليه", "pt"),
    ("brazilian portuguese|portuguese (brazil)|portugues (brasil)", "pt-BR"),
    ("english (us)|american english|english (united states)", "en-US"),
    ("english (uk)|british english|english (united kingdom)", "en-GB"),
    ("dutch|nederlands|flemish|الهولنديه", "nl"),
    ("russian|русскии|الروسيه", "ru"),
    ("ukrainian|украінська|الاوكرانيه", "uk"),
    ("turkish|turkce|التركيه", "tr"),
    ("persian|farsi|فارسي|الفارسيه", "fa"),
    ("urdu|اردو|الاورديه", "ur"),
    ("hebrew|עברית|العبريه", "he"),
    ("kurdish|kurdi|الكرديه", "ku"),
    ("sorani|central kurdish|السورانيه", "ckb"),
    ("pashto|pushto|پښتو|الباشتو", "ps"),
    ("chinese|mandarin|中文|الصينيه", "zh"),
    ("simplified chinese|chinese (simplified)|简体中文", "zh-Hans"),
    ("traditional chinese|chinese (traditional)|繁體中文", "zh-Hant"),
    ("japanese|日本語|اليابانيه", "ja"),
    ("korean|한국어|الكوريه", "ko"),
    ("hindi|हिन्दी|हिंदी|الهنديه", "hi"),
    ("bengali|bangla|বাংলা|البنغاليه", "bn"),
    ("tamil|தமிழ்|التاميليه", "ta"),
    ("indonesian|bahasa indonesia|الاندونيسيه", "id"),
    ("malay|bahasa melayu|الماليزيه", "ms"),
    ("swedish|svenska|السويديه", "sv"),
    ("norwegian|norsk|النرويجيه", "no"),
    ("danish|dansk|الدنماركيه", "da"),
    ("finnish|suomi|الفنلنديه", "fi"),
    ("polish|polski|البولنديه", "pl"),
    ("czech|cestina|التشيكيه", "cs"),
    ("greek|ελληνικα|اليونانيه", "el"),
    ("romanian|romana|الرومانيه", "ro"),
    ("hungarian|magyar|المجريه", "hu"),
    ("vietnamese|tieng viet|الفيتناميه", "vi"),
    ("thai|ไทย|التايلانديه", "th"),
    ("swahili|kiswahili|السواحيليه", "sw"),
    ("berber|amazigh|tamazight|الامازيغيه", "ber"),
    ("somali|soomaali|الصوماليه", "so"),
];

/// In the order of the three-letter codes.
#[rustfmt::skip]
const CODES: &[(&str, &str)] = &[
    ("afr", "af"), ("alb", "sq"), ("amh", "am"), ("ara", "ar"), ("arb", "ar"), ("arm", "hy"), ("aze", "az"),
    ("baq", "eu"), ("bel", "be"), ("ben", "bn"), ("bos", "bs"), ("bul", "bg"), ("bur", "my"),
    ("cat", "ca"), ("ces", "cs"), ("chi", "zh"), ("cmn", "zh"), ("cym", "cy"), ("cze", "cs"),
    ("dan", "da"), ("deu", "de"), ("div", "dv"), ("dut", "nl"), ("ell", "el"), ("eng", "en"), ("epo", "eo"),
    ("est", "et"), ("eus", "eu"), ("fas", "fa"), ("fil", "tl"), ("fin", "fi"), ("fra", "fr"), ("fre", "fr"),
    ("geo", "ka"), ("ger", "de"), ("gle", "ga"), ("glg", "gl"), ("gre", "el"), ("guj", "gu"), ("hau", "ha"),
    ("heb", "he"), ("hin", "hi"), ("hrv", "hr"), ("hun", "hu"), ("hye", "hy"), ("ice", "is"), ("ind", "id"),
    ("isl", "is"), ("ita", "it"), ("jav", "jv"), ("jpn", "ja"), ("kan", "kn"), ("kat", "ka"), ("kaz", "kk"),
    ("khm", "km"), ("kor", "ko"), ("kur", "ku"), ("lat", "la"), ("lav", "lv"), ("lit", "lt"), ("mac", "mk"),
    ("mal", "ml"), ("mar", "mr"), ("may", "ms"), ("mkd", "mk"), ("msa", "ms"), ("mya", "my"), ("nep", "ne"),
    ("nld", "nl"), ("nob", "nb"), ("nor", "no"), ("ori", "or"), ("pan", "pa"), ("per", "fa"), ("pes", "fa"),
    ("pol", "pl"), ("por", "pt"), ("pus", "ps"), ("ron", "ro"), ("rum", "ro"), ("rus", "ru"), ("sin", "si"),
    ("slk", "sk"), ("slo", "sk"), ("slv", "sl"), ("sna", "sn"), ("snd", "sd"), ("som", "so"), ("spa", "es"),
    ("sqi", "sq"), ("srp", "sr"), ("swa", "sw"), ("swe", "sv"), ("tam", "ta"), ("tel", "te"), ("tgl", "tl"),
    ("tha", "th"), ("tuk", "tk"), ("tur", "tr"), ("uig", "ug"), ("ukr", "uk"), ("urd", "ur"), ("uzb", "uz"),
    ("vie", "vi"), ("wel", "cy"), ("yid", "yi"), ("zho", "zh"), ("zul", "zu"),
];

#[cfg(test)]
mod tests {
    use super::{CODES, NAMES};
    use crate::repair::{fold, language};

    #[test]
    fn codes_are_in_order() {
        assert!(CODES.is_sorted());
    }

    #[test]
    fn every_name_is_folded_and_every_tag_canonical() {
        for (names, tag) in NAMES {
            assert_eq!(language::canonical(tag).as_deref(), Some(tag));
            for name in names.split('|') {
                assert_eq!(fold::key(name), name);
                assert_eq!(
                    language::canonical(name).as_deref(),
                    Some(tag),
                    "{name} {}",
                    fold::key(name)
                );
            }
        }
    }
}
