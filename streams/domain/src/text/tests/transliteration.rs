//! Spellings of one word in two scripts, and within one, as data.

use super::super::{Analysis, analyse};

/// An Arabic word and Latin spellings of it that must reach one of its keys.
const SPELLINGS: &[(&str, &[&str])] = &[
    (
        "محمد",
        &["Mohammed", "Muhammad", "Mohamed", "Mohammad", "Mohamad"],
    ),
    ("أحمد", &["Ahmad", "Ahmed", "A7med"]),
    ("محمود", &["Mahmoud", "Mahmud", "ma7moud"]),
    (
        "القاهرة",
        &["al-Qahira", "Alqahera", "Al Qahirah", "Qahera"],
    ),
    ("خالد", &["Khalid", "Khaled", "5aled"]),
    ("بودكاست", &["podcast", "bodcast", "Podcasts"]),
    ("يوسف", &["Youssef", "Yusuf", "Yousef", "Yusef"]),
    ("حسين", &["Hussein", "Husain", "Hussain", "Hossein"]),
    ("عمر", &["Omar", "Umar", "3omar"]),
    ("علي", &["Ali", "Aly", "3ali"]),
    ("خديجة", &["Khadija", "Khadijah", "Khadeeja"]),
    ("فاطمة", &["Fatima", "Fatimah", "Fatma"]),
    ("عائشة", &["Aisha", "Aicha", "Ayesha"]),
    ("سارة", &["Sara", "Sarah"]),
    ("صلاح", &["Salah", "Sala7"]),
    ("صالح", &["Saleh", "Salih"]),
    ("طه", &["Taha"]),
    ("نوح", &["Noah", "Nouh"]),
    ("عبدالله", &["Abdullah", "Abdallah"]),
    ("عبد", &["Abd", "Abdel", "Abdul"]),
    ("عبدالرحمن", &["Abdelrahman", "Abdulrahman"]),
    ("جمال", &["Jamal", "Gamal", "Djamel"]),
    ("وليد", &["Walid", "Waleed", "Oualid"]),
    ("طارق", &["Tareq", "Tarik", "Tariq"]),
    ("عثمان", &["Othman", "Osman", "Uthman"]),
    ("ظاهر", &["Zaher", "Dhaher"]),
    ("منذر", &["Monzer", "Mundhir"]),
    ("مصطفى", &["Mustafa", "Moustapha", "Mostafa"]),
    ("جعفر", &["Jaafar", "Ja'far", "Gafar"]),
    ("سعد", &["Saad", "Sa'd"]),
    ("إسماعيل", &["Ismail", "Ismaeel"]),
    ("إلهام", &["Ilham", "Elham"]),
    ("فيروز", &["Fairuz", "Fayrouz", "Fairouz"]),
    ("شيرين", &["Sherine", "Shireen", "Chirine"]),
    ("ياسمين", &["Yasmin", "Yasmeen", "Yasmine"]),
    ("نانسي", &["Nancy"]),
    ("ممدوح", &["Mamdouh", "Mamdooh"]),
    ("داود", &["Dawood", "Daoud", "Dawoud"]),
    ("بيروت", &["Beirut", "Beyrouth", "Bayrut"]),
    ("بغداد", &["Baghdad", "Bagdad"]),
    ("الرياض", &["Riyadh", "al-Riyad", "Alriyadh"]),
    ("جدة", &["Jeddah", "Jidda", "Gedda"]),
    ("مكة", &["Mecca", "Makkah", "Makka"]),
    ("غزة", &["Gaza", "Ghazza"]),
    ("قطر", &["Qatar", "Katar"]),
    ("العراق", &["Iraq", "al-Iraq", "Irak"]),
    ("المغرب", &["Maghreb", "al-Maghrib", "Almaghrib"]),
    ("لبنان", &["Lebanon", "Lubnan"]),
    ("ظبي", &["Dhabi", "Zabi"]),
    ("تونس", &["Tunis", "Tounes"]),
    ("الكويت", &["Kuwait", "al-Kuwait"]),
    ("تشاد", &["Chad", "Tchad"]),
    ("تشرين", &["Tishreen", "Tishrin"]),
    ("ألمانيا", &["Almania", "Almanya"]),
    ("الكسندر", &["Alexander", "Aleksander"]),
    ("ألفريد", &["Alfred"]),
    ("الأهلي", &["al-Ahly", "Alahly"]),
    ("الجزيرة", &["al-Jazeera", "Aljazeera", "Al Jazira"]),
    ("قرآن", &["Quran", "Qur'an", "Koran"]),
    ("رمضان", &["Ramadan", "Ramadhan"]),
    ("يوتيوب", &["YouTube"]),
    ("فيسبوك", &["Facebook"]),
    ("جوجل", &["Google"]),
    ("غوغل", &["Google"]),
    ("نتفليكس", &["Netflix"]),
    ("فيديو", &["video", "Videos"]),
    ("راديو", &["radio"]),
    ("فيلم", &["film"]),
];

/// Pairs that must not share a key, or the key says nothing.
const STRANGERS: &[(&str, &str)] = &[
    ("محمد", "Ahmed Hamid"),
    ("خالد", "Walid"),
    ("القاهرة", "Beirut"),
    ("بودكاست", "broadcast"),
    ("فاطمة", "Khadija"),
    ("سعيد", "Jamal"),
    ("علي", "Omar"),
    ("الله", "Ali"),
    ("قطر", "Kuwait film"),
];

/// Two spellings in one script that folding makes equal.
const FOLDED: &[(&str, &str)] = &[
    ("أحمد", "احمد"),
    ("إسلام", "اسلام"),
    ("آدم", "ادم"),
    ("ٱلكتاب", "الكتاب"),
    ("مُحَمَّدٌ", "محمد"),
    ("الرحمٰن", "الرحمن"),
    ("محـــمد", "محمد"),
    ("القاهرة", "القاهره"),
    ("على", "علي"),
    ("مصطفى", "مصطفي"),
    ("سماء", "سما"),
    ("مؤمن", "مومن"),
    ("هيئة", "هييه"),
    ("الحلقة ١٢", "الحلقه 12"),
    ("۱۲۳", "123"),
    ("کتاب", "كتاب"),
    ("یوسف", "يوسف"),
    ("ڤيديو", "فيديو"),
    ("پودكاست", "بودكاست"),
    ("ﷲ", "الله"),
    ("ﻣﺤﻤﺪ", "محمد"),
    ("ﻻ", "لا"),
    ("Café", "cafe"),
    ("Cafe\u{301}", "CAFE"),
    ("Müller", "muller"),
    ("Straße", "strasse"),
    ("Łódź", "lodz"),
    ("Søren", "soren"),
    ("Œuvre", "oeuvre"),
    ("Qur’an", "Quran"),
    ("İstanbul", "istanbul"),
    ("Ｐｏｄｃａｓｔ", "podcast"),
    ("ﬁlm", "film"),
    ("Don't", "dont"),
    ("ΟΔΟΣ", "οδος"),
    ("Ёлка", "елка"),
    ("①", "1"),
];

fn keys(analysis: &Analysis) -> Vec<&str> {
    analysis.translit.iter().map(|token| token.text).collect()
}

#[test]
fn a_word_and_its_latin_spellings_share_a_key() {
    let mut missed = Vec::new();
    for (arabic, spellings) in SPELLINGS {
        let arabic_keys = analyse(arabic);
        for latin in *spellings {
            let latin_keys = analyse(latin);
            let (a, l) = (keys(&arabic_keys), keys(&latin_keys));
            if !a.iter().any(|key| l.contains(key)) {
                missed.push(format!("{arabic} {a:?} and {latin} {l:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "no shared key:\n{}", missed.join("\n"));
}

#[test]
fn the_first_keys_of_common_names_are_equal() {
    for (arabic, latin) in [
        ("محمد", "Mohammed"),
        ("خالد", "Khaled"),
        ("القاهرة", "Alqahera"),
        ("بودكاست", "podcast"),
    ] {
        let (arabic, latin) = (analyse(arabic), analyse(latin));
        let first = |analysis: &Analysis| analysis.translit.get(0).map(|t| t.text.to_owned());
        assert_eq!(first(&arabic), first(&latin));
        assert!(first(&arabic).is_some());
    }
}

#[test]
fn different_words_do_not_share_a_key() {
    for (arabic, latin) in STRANGERS {
        let (arabic_keys, latin_keys) = (analyse(arabic), analyse(latin));
        let (a, l) = (keys(&arabic_keys), keys(&latin_keys));
        assert!(
            !a.iter().any(|key| l.contains(key)),
            "{arabic} {a:?} and {latin} {l:?}"
        );
    }
}

#[test]
fn spellings_that_differ_in_letter_forms_fold_to_the_same_words() {
    for (left, right) in FOLDED {
        let (a, b) = (analyse(left), analyse(right));
        assert_eq!(a.folded.as_str(), b.folded.as_str(), "{left} and {right}");
        assert!(!a.folded.is_empty(), "{left}");
    }
}

#[test]
fn letters_that_are_not_forms_of_each_other_stay_apart() {
    for (left, right) in [
        ("кой", "кои"),
        ("قلب", "كلب"),
        ("दिन", "दन"),
        ("سار", "صار"),
    ] {
        assert_ne!(
            analyse(left).folded.as_str(),
            analyse(right).folded.as_str()
        );
    }
}
