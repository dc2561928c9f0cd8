use super::{Mapped, map, name, tree};
use proptest::prelude::*;

#[track_caller]
fn leads_to(slug: &str, names: &[&str]) {
    for name in names {
        let mapped = map(name);
        assert_eq!((mapped.slug.as_str(), mapped.known), (slug, true), "{name}");
    }
}

#[test]
fn every_name_and_slug_of_the_tree_leads_to_itself() {
    for top in &tree::TOPS {
        leads_to(
            top.slug,
            &[
                top.slug,
                top.english,
                top.arabic,
                &top.english.to_uppercase(),
            ],
        );
        for (slug, english) in top.subs {
            leads_to(
                slug,
                &[
                    slug,
                    english,
                    &english.to_lowercase(),
                    &format!("{} > {english}", top.english),
                ],
            );
        }
    }
    assert_eq!(tree::TOPS.len(), 19);
}

#[test]
fn spellings_of_one_category_lead_to_one_place() {
    leads_to(
        "society-culture",
        &[
            "Society & Culture",
            "society and culture",
            "Society &amp; Culture",
            "Society &amp;amp; Culture",
            "Society+Culture",
            " SOCIETY  CULTURE ",
            "society_culture",
        ],
    );
    leads_to(
        "society-culture/documentary",
        &[
            "Documentary",
            "Society & Culture/Documentary",
            "Society & Culture: Documentary",
            "Society &amp; Culture &gt; Documentary",
            "Society & Culture | documentary",
        ],
    );
    leads_to(
        "comedy/stand-up",
        &["Stand Up", "standup", "Comedy > Stand-Up"],
    );
}

#[test]
fn names_of_other_trees_lead_to_the_nearest_place() {
    leads_to("leisure", &["Games & Hobbies"]);
    leads_to("government", &["Government & Organizations"]);
    leads_to("science", &["Science & Medicine"]);
    leads_to("technology", &["Science & Technology", "Tech", "تقنية"]);
    leads_to("society-culture", &["People & Blogs", "ثقافة ومجتمع"]);
    leads_to("leisure/automotive", &["Autos & Vehicles"]);
    leads_to("fiction/science-fiction", &["Sci-Fi/Fantasy"]);
    leads_to("sports", &["Sports & Recreation", "رياضة", "الرياضة"]);
    leads_to(
        "health-fitness",
        &["الصحة واللياقة", "صحة و لياقة", "صحه ولياقه"],
    );
    leads_to("business", &["المال والأعمال", "أعمال"]);
    leads_to("news", &["أخبار", "الأخبار"]);
}

#[test]
fn an_unknown_part_under_a_known_one_leads_to_the_known_one() {
    leads_to("sports", &["Sports > Underwater Chess"]);
    leads_to("arts/books", &["Unheard > Books"]);
}

#[test]
fn an_unknown_name_becomes_a_slug_like_a_tag() {
    for (name, slug) in [
        ("Underwater Chess!", "underwater-chess"),
        ("Café & Thé", "café-thé"),
        ("شطرنج تحت الماء", "شطرنج-تحت-الماء"),
        ("<b>Odd</b> tag", "odd-tag"),
        ("../../etc/passwd", "etc-passwd"),
        ("", ""),
        ("&&&", ""),
    ] {
        let expected = Mapped {
            slug: slug.to_owned(),
            known: false,
        };
        assert_eq!(map(name), expected, "{name}");
    }
    assert!(map(&"long ".repeat(10_000)).slug.chars().count() <= super::LONGEST_SLUG);
}

#[test]
fn names_are_given_in_english_and_arabic() {
    assert_eq!(name("society-culture", "en"), Some("Society & Culture"));
    assert_eq!(name("society-culture", "ar-EG"), Some("المجتمع والثقافة"));
    assert_eq!(
        name("society-culture/documentary", "en-US"),
        Some("Documentary")
    );
    assert_eq!(name("society-culture/documentary", "ar"), None);
    assert_eq!(name("society-culture", "fr"), None);
    assert_eq!(name("odd-tag", "en"), None);
}

proptest! {
    #[test]
    fn mapping_never_panics_and_a_slug_is_a_fixed_point(name in "\\PC{0,80}") {
        let once = map(&name);
        prop_assert_eq!(map(&once.slug), once);
    }

    #[test]
    fn paths_are_fixed_points_too(name in "(Arts|Sports|Books|odd|تقنية|&amp;|&|>|/|:| |<b>|-){0,8}") {
        let once = map(&name);
        prop_assert_eq!(map(&once.slug), once);
    }
}
