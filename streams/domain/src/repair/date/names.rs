//! Names of months and weekdays in English, Arabic (the three systems in use), French, German and Spanish.
//!
//! Words come in the form of `fold::key`: lower case, no diacritics, one spelling of alef, yeh and teh.

/// A name that was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// The month from 1, or the weekday from Monday = 0.
    pub(super) number: i8,
    /// Whether the word is not English.
    pub(super) localised: bool,
}

/// A month by its three-letter English name.
pub(super) fn month_short(name: &[u8]) -> Option<i8> {
    const NAMES: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
    index_of(NAMES, name).map(|index| index + 1)
}

/// A weekday by its three-letter English name, Monday = 0.
pub(super) fn weekday_short(name: &[u8]) -> Option<i8> {
    index_of(b"montuewedthufrisatsun", name)
}

fn index_of(names: &[u8], name: &[u8]) -> Option<i8> {
    let at = names
        .chunks_exact(3)
        .position(|known| known.eq_ignore_ascii_case(name))?;
    i8::try_from(at).ok()
}

/// The month a word names.
pub(super) fn month(word: &str) -> Option<Named> {
    if let Some(number) = english(&MONTHS, word, 3) {
        return Some(Named {
            number: number + 1,
            localised: false,
        });
    }
    let number = match word {
        "janv" | "janvier" | "januar" | "janner" | "ene" | "enero" | "يناير" | "جانفي" => {
            1
        }
        "fev" | "fevr" | "fevrier" | "februar" | "feber" | "febrero" | "فبراير" | "شباط"
        | "فيفري" => 2,
        "mars" | "marz" | "mrz" | "marzo" | "مارس" | "اذار" => 3,
        "avr" | "avril" | "abr" | "abril" | "ابريل" | "نيسان" | "افريل" => 4,
        "mai" | "mayo" | "مايو" | "ايار" | "ماي" => 5,
        "juin" | "juni" | "junio" | "يونيو" | "يونيه" | "حزيران" | "جوان" => 6,
        "juil" | "juillet" | "juli" | "julio" | "يوليو" | "يوليه" | "تموز" | "جويليه"
        | "يوليوز" => 7,
        "aout" | "agosto" | "ago" | "اغسطس" | "اب" | "اوت" | "غشت" => 8,
        "septembre" | "septiembre" | "setiembre" | "سبتمبر" | "ايلول" | "شتنبر" => {
            9
        }
        "octobre" | "oktober" | "okt" | "octubre" | "اكتوبر" => 10,
        "novembre" | "noviembre" | "نوفمبر" | "نونبر" => 11,
        "decembre" | "dezember" | "dez" | "diciembre" | "dic" | "ديسمبر" | "دجنبر" => 12,
        _ => return None,
    };
    Some(Named {
        number,
        localised: true,
    })
}

/// The month that two Levantine words name together, such as كانون الثاني.
pub(super) fn month_of_two(first: &str, second: &str) -> Option<Named> {
    let (earlier, later) = match first {
        "كانون" => (12, 1),
        "تشرين" => (10, 11),
        _ => return None,
    };
    let number = match second {
        "الاول" | "اول" => earlier,
        "الثاني" | "ثاني" => later,
        _ => return None,
    };
    Some(Named {
        number,
        localised: true,
    })
}

/// The weekday a word names, Monday = 0.
///
/// The French and Spanish `mar` (Tuesday) is left to [`month`]: the scanner sees which is meant.
pub(super) fn weekday(word: &str) -> Option<Named> {
    if let Some(number) = english(&WEEKDAYS, word, 3) {
        return Some(Named {
            number,
            localised: false,
        });
    }
    let number = match word {
        "lundi" | "lun" | "montag" | "mo" | "lunes" | "الاثنين" | "اثنين" => 0,
        "mardi" | "dienstag" | "di" | "martes" | "الثلاثاء" | "ثلاثاء" | "tues" => 1,
        "mercredi" | "mer" | "mittwoch" | "mi" | "miercoles" | "mie" | "الاربعاء" | "اربعاء" => {
            2
        }
        "jeudi" | "jeu" | "donnerstag" | "do" | "jueves" | "jue" | "الخميس" | "خميس" | "thur"
        | "thurs" => 3,
        "vendredi" | "ven" | "freitag" | "fr" | "viernes" | "vie" | "الجمعه" | "جمعه" => {
            4
        }
        "samedi" | "sam" | "samstag" | "sa" | "sonnabend" | "sabado" | "sab" | "السبت" | "سبت" => {
            5
        }
        "dimanche" | "dim" | "sonntag" | "so" | "domingo" | "dom" | "الاحد" | "احد" => 6,
        _ => return None,
    };
    Some(Named {
        number,
        localised: !matches!(word, "tues" | "thur" | "thurs"),
    })
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The place of the name that a word is, or is the beginning of with at least `least` letters.
fn english(names: &[&str], word: &str, least: usize) -> Option<i8> {
    if word.len() < least {
        return None;
    }
    let at = names.iter().position(|name| name.starts_with(word))?;
    i8::try_from(at).ok()
}
