//! What both are asked: every read there is, and a judged set of searches. Answers are equal byte for byte, but for
//! cursors, which each seals with a key of its own: those are followed.

use super::side::{Face, Side};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// Headers that an answer is told by.
const HEADERS: [&str; 9] = [
    "content-type",
    "content-language",
    "content-disposition",
    "cache-control",
    "location",
    "position",
    "vary",
    "etag",
    "link",
];
/// Pages of a list at most.
const PAGES: usize = 60;

/// Searches: words as they are, otherwise spelled, unfinished, mistyped, in the other script, phrases, filters, facets.
/// The second is what must be found first, where that is judged.
const SEARCHES: [(&str, Option<&str>); 34] = [
    ("q=octopus", Some("The Octopus in the Next Tank")),
    ("q=octop", Some("The Octopus in the Next Tank")),
    ("q=octpous", Some("The Octopus in the Next Tank")),
    ("q=\"read a cloud\"", Some("How to Read a Cloud")),
    ("q=river wandering", Some("How Rivers Wander")),
    ("q=mathematics of knot", Some("The Mathematics of Knots")),
    ("q=seeds", Some("Seeds in the Permafrost")),
    ("q=small wonders", Some("Small Wonders")),
    ("q=letters", None),
    ("q=منطاد", Some("رسائل من منطاد")),
    ("q=haytham", None),
    ("q=الهيثم", None),
    ("q=ابن الهيثم", Some("ابن الهيثم وعلم الضوء")),
    ("q=ابن سينا", Some("ابن سينا والقانون في الطبّ")),
    ("q=ibn sina", None),
    ("q=قهوه", None),
    ("q=قهوة الصباح", Some("قهوة الصباح: حكاية حبّة البُنّ")),
    ("q=الاندلس", Some("الأندلس: ماءٌ ونافورة")),
    (
        "q=المطبخ العباسي",
        Some("المطبخ العبّاسي: وصفاتٌ من القرن العاشر"),
    ),
    ("q=سمرقند", None),
    ("q=samarkand", None),
    ("q=بغدا", None),
    ("q=\"ألف ليلة\"", Some("ألف ليلة وليلة: مَن كتبها؟")),
    ("q=fanous", None),
    ("q=zzzqqq", None),
    ("q=بغداد&sort=newest", None),
    ("q=the&sort=oldest&limit=7", None),
    ("q=salt&language=en&facets=kind,lang,category,tag", None),
    ("facets=kind,lang,category,tag&limit=100", None),
    ("kind=program&facets=lang", None),
    ("category=history&kind=episode&limit=9", None),
    ("language=ar&min_duration=600&max_duration=2400", None),
    (
        "published_from=2025-06-01&published_until=2025-09-01&sort=oldest",
        None,
    ),
    ("explicit=false&tag=science&limit=3", None),
];

/// Asks both everything.
pub async fn ask_both(one: &Side, other: &Side) {
    let asked = of_both_faces(one).await;
    assert!(asked.len() > 500, "only {} questions", asked.len());
    for (face, path) in &asked {
        same(one, other, *face, path).await;
    }
    let mut misjudged = Vec::new();
    for (query, first) in SEARCHES {
        for (face, path) in [
            (Face::Public, "/api/v1/search"),
            (Face::Desk, "/api/v1/desk/search"),
        ] {
            let pages = same(one, other, face, &format!("{path}?{query}")).await;
            if let (Face::Public, Some(first)) = (face, first) {
                let page: Value = serde_json::from_str(&pages[0]).unwrap();
                let found = &page["data"][0]["title"];
                if found != first {
                    misjudged.push(format!("{query}: {found} and not {first}"));
                }
            }
        }
    }
    assert!(misjudged.is_empty(), "{misjudged:#?}");
}

/// Every question about what there is.
async fn of_both_faces(side: &Side) -> BTreeSet<(Face, String)> {
    let mut asked = BTreeSet::new();
    for sort in ["newest", "oldest"] {
        for end in ["", "&lang=ar", "&lang=en"] {
            lists(&mut asked, Face::Public, "/api/v1/programs", sort, end);
        }
        for end in ["", "&state=published", "&state=draft", "&state=archived"] {
            lists(&mut asked, Face::Desk, "/api/v1/desk/programs", sort, end);
        }
    }
    for path in ["sources", "sources.opml", "runs", "runs?limit=1"] {
        asked.insert((Face::Desk, format!("/api/v1/desk/{path}")));
    }
    for program in all(side, "/api/v1/desk/programs").await {
        let (id, slug) = names(&program);
        item(&mut asked, "programs", &id, &slug);
        for sort in ["newest", "oldest"] {
            let path = format!("programs/{id}/episodes");
            for end in ["", "&lang=ar"] {
                lists(
                    &mut asked,
                    Face::Public,
                    &format!("/api/v1/{path}"),
                    sort,
                    end,
                );
            }
            for state in [
                "",
                "&state=published",
                "&state=draft",
                "&state=unpublished",
                "&state=archived",
            ] {
                lists(
                    &mut asked,
                    Face::Desk,
                    &format!("/api/v1/desk/{path}"),
                    sort,
                    state,
                );
            }
        }
        for episode in all(side, &format!("/api/v1/desk/programs/{id}/episodes")).await {
            let (id, slug) = names(&episode);
            item(&mut asked, "episodes", &id, &slug);
        }
    }
    for source in all(side, "/api/v1/desk/sources").await {
        let id = source["id"].as_str().unwrap();
        for end in ["", "/merges"] {
            asked.insert((Face::Desk, format!("/api/v1/desk/sources/{id}{end}")));
        }
    }
    for run in all(side, "/api/v1/desk/runs").await {
        let id = run["run_id"].as_str().or(run["id"].as_str()).unwrap();
        asked.insert((Face::Desk, format!("/api/v1/desk/runs/{id}?limit=7")));
    }
    asked
}

fn lists(asked: &mut BTreeSet<(Face, String)>, face: Face, path: &str, sort: &str, end: &str) {
    for limit in [3, 100] {
        asked.insert((face, format!("{path}?sort={sort}&limit={limit}{end}")));
    }
}

fn item(asked: &mut BTreeSet<(Face, String)>, kind: &str, id: &str, slug: &str) {
    for end in ["", "?lang=ar", "?lang=en"] {
        asked.insert((Face::Public, format!("/api/v1/{kind}/{id}{end}")));
    }
    asked.insert((Face::Public, format!("/api/v1/{kind}/{slug}")));
    for end in ["", "/history?limit=2", "/provenance"] {
        asked.insert((Face::Desk, format!("/api/v1/desk/{kind}/{id}{end}")));
    }
}

fn names(card: &Value) -> (String, String) {
    let text = |name: &str| card[name].as_str().unwrap_or_default().to_owned();
    (text("id"), text("slug"))
}

/// Every card of a list of the desk.
async fn all(side: &Side, path: &str) -> Vec<Value> {
    let mut cards = Vec::new();
    let mut next = Some(format!("{path}?limit=100"));
    while let Some(path) = next {
        let page = side.read(Face::Desk, &path).await;
        cards.extend(page["data"].as_array().unwrap().clone());
        next = page["links"]["next"].as_str().map(str::to_owned);
    }
    cards
}

/// Asks both the same, on all pages; gives what they answered.
async fn same(one: &Side, other: &Side, face: Face, path: &str) -> Vec<String> {
    let mut paths = Some((path.to_owned(), path.to_owned()));
    let mut pages = Vec::new();
    while let Some((here, there)) = paths {
        let (here, there) = (
            Answer::of(one, face, &here).await,
            Answer::of(other, face, &there).await,
        );
        let page = pages.len();
        assert!(
            here.told == there.told,
            "{face:?} {path}, page {page}: {}",
            difference(&here.told, &there.told)
        );
        pages.push(here.told.2);
        assert!(pages.len() < PAGES, "{path} has no end");
        paths = here.next.zip(there.next);
    }
    pages
}

struct Answer {
    /// Status, headers and body, without cursors.
    told: (u16, Vec<String>, String),
    next: Option<String>,
}

impl Answer {
    async fn of(side: &Side, face: Face, path: &str) -> Self {
        let answer = side.ask(face, Method::GET, path).send().await.unwrap();
        let status = answer.status().as_u16();
        let all = answer.headers().clone();
        let text = answer.text().await.unwrap();
        let body = without_cursors(&text);
        let headers = HEADERS
            .iter()
            // What tells bodies apart tells cursors apart.
            .filter(|name| **name != "etag" || body == text)
            .flat_map(|name| all.get_all(*name).iter().map(move |value| (name, value)));
        let headers = headers.map(|(name, value)| {
            let value = without_cursors(value.to_str().unwrap());
            format!("{name}: {value}")
        });
        let json: Option<Value> = serde_json::from_str(&text).ok();
        let next = json.and_then(|json| Some(json["links"]["next"].as_str()?.to_owned()));
        Self {
            told: (status, headers.collect(), body),
            next,
        }
    }
}

fn without_cursors(text: &str) -> String {
    let mut pieces = text.split("cursor=");
    let mut rest = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(['"', '&', '>', '\\']).unwrap_or(piece.len());
        rest.push_str("cursor=…");
        rest.push_str(&piece[end..]);
    }
    rest
}

/// Where two answers part, with a little of what comes before and after.
fn difference(one: &(u16, Vec<String>, String), other: &(u16, Vec<String>, String)) -> String {
    let [one, other] = [one, other].map(|told| format!("{} {:?} {}", told.0, told.1, told.2));
    let both = one.chars().zip(other.chars());
    let at = both.take_while(|(one, other)| one == other).count();
    let around = |text: &str| -> String {
        let from = at.saturating_sub(200);
        text.chars().skip(from).take(500).collect()
    };
    format!("\n{}\nand\n{}", around(&one), around(&other))
}
