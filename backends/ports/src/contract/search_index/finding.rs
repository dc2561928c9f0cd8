//! What clauses and tiers find.

use super::{
    SearchIndex, by, episode, everything, fuzzy, matching, phrase, prefix, term, tier, title,
};
use mediamesh_domain::text::{
    Clause, IndexField, Layer, Query, SearchDocument, TextField, Tier, TierKind,
};

/// Texts in which words meet in every layer.
fn corpus() -> Vec<SearchDocument> {
    let titles = [
        "The history of Cairo",
        "A history of podcasts, and of podcasting",
        "تاريخ القاهرة",
        "تاريخُ القَاهِرَة القديمة",
        "Cairo history: the podcast",
        "Mohammed and the Podcast",
        "محمد والبودكاست",
        "Pocdast tools",
        "café / Café / CAFE",
        "١٢ أغنية",
        "12 songs",
        "Ah!",
    ];
    let documents = titles.iter().zip(1..);
    let documents = documents.map(|(title, number)| {
        let document = episode(number, title)
            .with_text(TextField::People, "Layla Haddad")
            .with_text(TextField::People, "Omar Khalil");
        match number {
            3 => document.with_text(TextField::Description, "A history of Cairo in Arabic"),
            7 => document.with_text(TextField::Tags, "podcast"),
            _ => document,
        }
    });
    documents.collect()
}

/// The tiers of a query, all run at once.
fn tiers(query: &str) -> Vec<Tier> {
    let tiers = Query::parse(query).tiers().into_iter();
    let all = tiers.map(|tier| Tier {
        only_if_fewer_than: None,
        ..tier
    });
    all.collect()
}

/// The documents a clause means, by its own reading.
fn meant(documents: &[SearchDocument], clause: &Clause) -> Vec<u128> {
    let matching = documents.iter().filter(|d| clause.matches(&d.indexed()));
    matching.map(|d| d.id.as_u128()).collect()
}

/// A title that is what was asked for comes before documents that only mention it.
pub async fn an_exact_title_ranks_in_the_first_tier(index: SearchIndex) {
    let mention = episode(1, "Something else").with_text(TextField::Description, "cairo nights");
    let documents = [
        mention,
        episode(2, "Nights of Cairo"),
        episode(3, "Cairo nights"),
    ];
    index.fill(documents).await;
    let found = index.search(&by(tiers("cairo nights"))).await;
    let first = &found.candidates[0];
    assert_eq!(first.document.id.as_u128(), 3);
    assert_eq!(first.tier, Some(TierKind::TitlePhrase));
    assert_eq!(found.candidates[1].tier, Some(TierKind::Exact));
    assert_eq!(found.total, 3);
}

/// Tiers overlap; the documents they find do not.
pub async fn a_document_counts_once_with_its_best_tier(index: SearchIndex) {
    index
        .fill([episode(1, "cairo"), episode(2, "cairene")])
        .await;
    let exact = tier(TierKind::Exact, term(title(Layer::Exact), "cairo"));
    let folded = tier(TierKind::Folded, prefix(title(Layer::Folded), "cai"));
    let found = index.search(&by(vec![folded, exact])).await;
    let tiers: Vec<_> = found.candidates.iter().map(|c| c.tier).collect();
    assert_eq!(tiers, [Some(TierKind::Exact), Some(TierKind::Folded)]);
    assert_eq!(found.total, 2);
}

/// Of a corpus in two languages, each clause finds what `Clause::matches` says, no more and no less.
pub async fn every_clause_means_what_the_domain_says(index: SearchIndex) {
    let documents = corpus();
    index.fill(documents.clone()).await;
    let folded = title(Layer::Folded);
    let people = IndexField::new(TextField::People, Layer::Exact);
    let mut clauses = vec![
        term(folded, "podcast"),
        term(folded, "podcas"),
        prefix(folded, "pod"),
        prefix(folded, "ca"),
        prefix(folded, "القا"),
        prefix(folded, "zz"),
        fuzzy(folded, "podcast", 1),
        fuzzy(folded, "podcasting", 2),
        fuzzy(folded, "القاهوه", 1),
        fuzzy(folded, "ca", 2),
        phrase(folded, "history of"),
        phrase(folded, "of of"),
        phrase(folded, "of cairo"),
        phrase(people, "omar khalil"),
        Clause::Any(vec![term(folded, "cafe"), term(folded, "12")]),
        Clause::All(vec![term(folded, "history"), prefix(folded, "podc")]),
        Clause::All(vec![
            Clause::Any(vec![term(folded, "the"), term(folded, "a")]),
            Clause::All(vec![fuzzy(folded, "histori", 1), term(people, "layla")]),
        ]),
    ];
    for query in [
        "the history of c",
        "podcasts ",
        "mohamed",
        "القاهره",
        "\"history of\" ca",
        "cafe 12",
        "١٢",
        "qahira",
        "ah",
        "podcsat tols",
    ] {
        clauses.extend(tiers(query).into_iter().map(|tier| tier.clause));
    }
    for clause in clauses {
        let mut found = index.found(&matching(clause.clone())).await;
        found.sort_unstable();
        assert_eq!(found, meant(&documents, &clause), "{clause:?}");
    }
}

/// The last word of one person and the first of the next are no neighbours.
pub async fn a_phrase_does_not_run_across_two_values(index: SearchIndex) {
    index.fill(corpus()).await;
    let people = IndexField::new(TextField::People, Layer::Exact);
    let across = index.search(&matching(phrase(people, "haddad omar"))).await;
    assert_eq!(across.total, 0);
    let within = index
        .search(&matching(phrase(people, "layla haddad")))
        .await;
    assert_eq!(within.total, corpus().len());
}

/// The first letters are as typed; a swap of neighbours is one error.
pub async fn a_typing_error_leaves_the_first_letters_alone(index: SearchIndex) {
    let words = [
        "podcast",
        "bodcast",
        "podacst",
        "podcost",
        "pdocast",
        "podcasters",
    ];
    let documents = words.iter().zip(1..).map(|(word, n)| episode(n, word));
    index.fill(documents).await;
    let found = index
        .search(&matching(fuzzy(title(Layer::Folded), "podcast", 1)))
        .await;
    let mut found = super::numbers(&found);
    found.sort_unstable();
    assert_eq!(found, [1, 3, 4]);
}

/// No wildcard, operator or escape of the engine's own reaches it through a clause.
pub async fn signs_of_a_query_language_are_letters_like_others(index: SearchIndex) {
    let documents = [episode(1, "abc def"), episode(2, "abd")];
    index.fill(documents.clone()).await;
    let folded = title(Layer::Folded);
    let signs = [
        "*", "?", ".*", "ab*", "ab?", "ab.", "(ab", "[", "\\", "\"", "abc~1", "+abc", "|",
    ];
    for sign in signs {
        for clause in [
            term(folded, sign),
            prefix(folded, sign),
            fuzzy(folded, sign, 1),
        ] {
            let mut found = index.found(&matching(clause.clone())).await;
            found.sort_unstable();
            assert_eq!(found, meant(&documents, &clause), "{clause:?}");
        }
    }
}

/// A tier marked so waits for what the others find, under the filters.
pub async fn forgiving_tiers_run_only_when_the_others_find_few(index: SearchIndex) {
    let words = ["podcast", "podcast", "podcats"];
    index
        .fill(words.iter().zip(1..).map(|(word, n)| episode(n, word)))
        .await;
    let folded = title(Layer::Folded);
    let exact = tier(TierKind::Exact, term(folded, "podcast"));
    let forgiving = |few| Tier {
        only_if_fewer_than: Some(few),
        ..tier(TierKind::Fuzzy, fuzzy(folded, "podcast", 1))
    };
    for (few, total) in [(2, 2), (3, 3)] {
        let found = index.search(&by(vec![exact.clone(), forgiving(few)])).await;
        assert_eq!(found.total, total, "fewer than {few}");
    }
    let alone = index.search(&by(vec![forgiving(1)])).await;
    assert_eq!(alone.total, 3);
    let last = index
        .search(&by(vec![exact, forgiving(3)]))
        .await
        .candidates
        .pop();
    assert_eq!(last.and_then(|c| c.tier), Some(TierKind::Fuzzy));
}

/// One name in two spellings, with marks, and in Latin letters.
pub async fn arabic_is_found_by_another_spelling_and_by_its_transliteration(index: SearchIndex) {
    let names = ["أحمد", "احمد", "أَحْمَد", "Ahmed", "محمود"];
    index
        .fill(names.iter().zip(1..).map(|(name, n)| episode(n, name)))
        .await;
    for (query, first, all) in [
        ("احمد", 2, vec![1, 2, 3, 4]),
        ("ahmed", 4, vec![1, 2, 3, 4]),
    ] {
        let found = index.found(&by(Query::parse(query).tiers())).await;
        assert_eq!(found[0], first, "{query}");
        let mut found = found;
        found.sort_unstable();
        assert_eq!(found, all, "{query}");
    }
}

/// Without tiers every document is found, and none has one.
pub async fn no_tiers_find_everything(index: SearchIndex) {
    index.fill(corpus()).await;
    let found = index.search(&everything()).await;
    assert_eq!(found.total, corpus().len());
    assert!(
        found
            .candidates
            .iter()
            .all(|candidate| candidate.tier.is_none())
    );
}
