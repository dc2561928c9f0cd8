//! What feeds say, mended: pure functions from a publisher's spelling to one value.
//!
//! Every function here is total: any input gives a value or `None`, never a panic and never a guess that
//! depends on the clock. A value that had to be mended comes as [`Repaired`], with one [`Repair`] for each
//! thing that was wrong, so that a run can say what it changed. Nothing here knows the content model, where
//! a value came from or what becomes of it.

pub mod category;
pub mod date;
pub mod duration;
pub mod explicit;
mod fold;
pub mod html;
pub mod language;
pub mod mime;
pub mod number;
pub mod url;

/// A value with the repairs that were needed to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired<T> {
    /// The value as it should have been written.
    pub value: T,
    /// What was wrong, each kind once, in the order found; empty when nothing was.
    pub repairs: Vec<Repair>,
}

impl<T> Repaired<T> {
    /// A value that needed no repair.
    pub fn clean(value: T) -> Self {
        Self {
            value,
            repairs: Vec::new(),
        }
    }

    /// Whether the value was read as it stood.
    pub fn is_clean(&self) -> bool {
        self.repairs.is_empty()
    }

    /// The same repairs around another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Repaired<U> {
        Repaired {
            value: change(self.value),
            repairs: self.repairs,
        }
    }

    fn one(value: T, repair: Repair) -> Self {
        Self {
            value,
            repairs: vec![repair],
        }
    }
}

/// Adds a repair unless it is already noted.
fn note(repairs: &mut Vec<Repair>, repair: Repair) {
    if !repairs.contains(&repair) {
        repairs.push(repair);
    }
}

/// Declares the repairs once: variant, stable code, and the list of all.
macro_rules! repairs {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal,)+) => {
        /// One thing that was wrong with a value and has been mended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Repair {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Repair {
            /// Every repair, in the order of declaration.
            pub const ALL: &'static [Repair] = &[$(Repair::$variant,)+];

            /// The stable snake_case code that runs, logs and the desk show.
            pub fn code(self) -> &'static str {
                match self {
                    $(Repair::$variant => $code,)+
                }
            }

            /// What was wrong and what was made of it, in a sentence for people.
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Repair::$variant => concat!($($doc),+).trim_ascii_start(),)+
                }
            }

            /// The repair of a code; none for a code that no version of this list has.
            pub fn of_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|repair| repair.code() == code)
            }
        }
    };
}

repairs! {
    /// Digits of another script (Arabic-Indic, Persian, full-width) were read as 0-9.
    DigitsLocalised = "digits_localised",
    /// A date in a layout that neither RFC 2822 nor RFC 3339 knows.
    DateLayout = "date_layout",
    /// No zone was given; UTC is assumed.
    DateMissingZone = "date_missing_zone",
    /// A zone that is not known or cannot be; UTC is assumed.
    DateUnknownZone = "date_unknown_zone",
    /// A zone name that several countries use differently; the more usual meaning is taken.
    DateAmbiguousZone = "date_ambiguous_zone",
    /// A one-letter military zone, which RFC 2822 says to read as UTC.
    DateMilitaryZone = "date_military_zone",
    /// No time of day was given; midnight is assumed.
    DateMissingTime = "date_missing_time",
    /// No month or day was given; the first is assumed.
    DatePartial = "date_partial",
    /// A year of two or three digits was completed by the rule of RFC 2822.
    DateTwoDigitYear = "date_two_digit_year",
    /// A month or weekday name in a language other than English.
    DateLocalisedMonth = "date_localised_month",
    /// Hour 24 was read as the first hour of the next day.
    DateHour24 = "date_hour_24",
    /// A leap second was read as the second before it.
    DateLeapSecond = "date_leap_second",
    /// The weekday does not belong to the date; the date is believed.
    DateWeekdayWrong = "date_weekday_wrong",
    /// A count of seconds or finer since 1970 instead of a date.
    DateUnixTime = "date_unix_time",
    /// Words around the date that are no part of it were left out.
    DateJunk = "date_junk",
    /// A duration in words, ISO 8601 or another spelling than `HH:MM:SS` or seconds.
    DurationSpelling = "duration_spelling",
    /// Minutes or seconds above 59 beside a larger unit were carried over.
    DurationOverflow = "duration_overflow",
    /// A fraction of a second was cut off.
    DurationFraction = "duration_fraction",
    /// HTML that had been escaped once too often was unescaped.
    HtmlDoubleEncoded = "html_double_encoded",
    /// Broken markup was brought into order.
    HtmlTidied = "html_tidied",
    /// Elements or links that are not allowed were removed.
    HtmlRemoved = "html_removed",
    /// Markup no parser should be given was reduced to its text.
    HtmlFlattened = "html_flattened",
    /// Text beyond the length limit was cut off.
    TextTruncated = "text_truncated",
    /// Tags were removed from a field that is plain text.
    TextTagsRemoved = "text_tags_removed",
    /// Character references were decoded in a field that is plain text.
    TextEntitiesDecoded = "text_entities_decoded",
    /// Control characters or overrides of the writing direction were removed.
    TextControlsRemoved = "text_controls_removed",
    /// Spaces or line breaks were folded, or the text brought to NFC.
    TextNormalised = "text_normalised",
    /// The language was detected, not given.
    LanguageDetected = "language_detected",
    /// A language tag in another case or with another separator than BCP 47 has.
    LanguageSpelling = "language_spelling",
    /// A language given by its name instead of its tag.
    LanguageName = "language_name",
    /// A three-letter or withdrawn language code was replaced by the current tag.
    LanguageCode = "language_code",
    /// A URL without a scheme; https is assumed.
    UrlMissingScheme = "url_missing_scheme",
    /// A scheme that stands for http or https (`feed:`) or is a misspelling of it.
    UrlScheme = "url_scheme",
    /// A relative URL was resolved against its base.
    UrlRelative = "url_relative",
    /// Spaces or characters outside ASCII were percent-encoded.
    UrlEncoded = "url_encoded",
    /// White space or other characters around or inside a URL were removed.
    UrlWhitespace = "url_whitespace",
    /// `&amp;` in a URL was decoded.
    UrlEntities = "url_entities",
    /// A season or episode number written with words or signs.
    NumberSpelling = "number_spelling",
    /// No media type was given; it follows from the file extension.
    MimeMissing = "mime_missing",
    /// Another name of a media type was replaced by the registered one.
    MimeAlias = "mime_alias",
    /// A media type that contradicts the file extension was replaced.
    MimeWrong = "mime_wrong",
    /// A date by the number of its week or of its day in the year.
    DateWeek = "date_week",
    /// A date that could not be read, or could be read in two ways, was left out.
    DateUnreadable = "date_unreadable",
    /// A duration that could not be read was left out.
    DurationUnreadable = "duration_unreadable",
    /// A number that could not be read was left out.
    NumberUnreadable = "number_unreadable",
    /// An address that leads nowhere was left out.
    UrlUnreadable = "url_unreadable",
    /// The language was neither given nor certain enough to be detected.
    LanguageUnknown = "language_unknown",
    /// A person without a name was left out.
    PersonWithoutName = "person_without_name",
    /// An alternate media file without an address was left out.
    AlternateWithoutSource = "alternate_without_source",
    /// The entry has no guid; it is known again by its media file, else by its title and day.
    GuidMissing = "guid_missing",
    /// The same guid stands on several entries of one document.
    GuidRepeated = "guid_repeated",
    /// The charset that was named does not exist or does not fit; the encoding was found by looking.
    CharsetFallback = "charset_fallback",
    /// HTTP named another charset than the document is in.
    CharsetWrong = "charset_wrong",
    /// The XML prolog names an encoding that does not exist or that the document is not in.
    PrologWrong = "prolog_wrong",
    /// Bytes that mean nothing in the document's encoding were replaced.
    BytesReplaced = "bytes_replaced",
    /// What stood before the document, such as a server's warning, was passed over.
    DocumentJunk = "document_junk",
    /// The outermost element is missing.
    RootMissing = "root_missing",
    /// A character reference that HTML knows and XML does not was kept for the text.
    EntityUndefined = "entity_undefined",
    /// An ampersand that was not escaped was read as itself.
    AmpersandBare = "ampersand_bare",
    /// Markup that was not escaped was read as part of its text.
    MarkupUnescaped = "markup_unescaped",
    /// A namespace was written in another spelling than its owner's.
    NamespaceSpelling = "namespace_spelling",
    /// A prefix was used without a declaration; it was read as what it usually means.
    NamespaceMissing = "namespace_missing",
    /// JSON that is not by the book, such as a comma too many, was read all the same.
    JsonLoose = "json_loose",
    /// A JSON Feed that does not name its version was known by its members.
    VersionMissing = "version_missing",
    /// Nothing stands at the place that the source's mapping names.
    MappingMissed = "mapping_missed",
    /// The document says no title; the program is called as its source is.
    TitleOfSource = "title_of_source",
}

#[cfg(test)]
mod tests {
    use super::{Repair, note};
    use std::collections::BTreeSet;

    #[test]
    fn every_repair_has_a_code_of_its_own_in_snake_case() {
        let codes: BTreeSet<&str> = Repair::ALL.iter().map(|repair| repair.code()).collect();
        assert_eq!(codes.len(), Repair::ALL.len());
        for code in codes {
            assert!(
                code.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
                "{code}"
            );
        }
    }

    #[test]
    fn every_repair_is_told_in_a_sentence_and_found_by_its_code() {
        for repair in Repair::ALL {
            let sentence = repair.sentence();
            let starts = sentence.starts_with(|c: char| c.is_uppercase() || c == '`');
            assert!(starts && sentence.ends_with('.'), "{sentence}");
            assert_eq!(Repair::of_code(repair.code()), Some(*repair));
        }
        assert_eq!(Repair::of_code("none"), None);
    }

    #[test]
    fn a_repair_is_noted_once() {
        let mut repairs = Vec::new();
        note(&mut repairs, Repair::DateLayout);
        note(&mut repairs, Repair::DateLayout);
        assert_eq!(repairs, [Repair::DateLayout]);
    }
}
